import { createHmac } from 'node:crypto'
import { lineOffset, type Delivery, type LineBatch } from '@logflow/core'

const VOWELS = 'AEIOUYV'
const LETTERS = 'BCDFGHJKLMNPQRSTVWXYZAEIOU'
const MAC_CHARS = 17
const SEPARATORS = [0x3a, 0x2d, 0x5f] // : - _

/** Length of the key in bytes. */
export const MAC_KEY_BYTES = 16

/**
 * Replaces hardware addresses (six hex pairs with the same `:`, `-` or `_` between them, wherever they stand) by six
 * letters that tell two devices apart and name none: 24 bits of an HMAC-MD5 over the address, as the original uploader
 * does it. Devices with the same key give an address the same letters.
 */
export class MacSuppression {
  readonly #key: Uint8Array

  /** @throws RangeError unless the key has 16 bytes */
  constructor(key: Uint8Array) {
    if (key.length !== MAC_KEY_BYTES) throw new RangeError(`key has ${key.length} bytes, must be ${MAC_KEY_BYTES}`)
    this.#key = key
  }

  /** The six letters of an address of six bytes. */
  letters(address: Uint8Array): string {
    const hash = createHmac('md5', this.#key).update(address).digest()
    const bits = hash.readUIntBE(0, 3)
    return syllable(bits >> 12) + syllable(bits & 0xfff)
  }

  /** The bytes without addresses; the same array when there were none. */
  replace(bytes: Uint8Array): Uint8Array {
    const parts: Uint8Array[] = []
    let kept = 0
    for (let at = nextMac(bytes, 0); at !== -1; at = nextMac(bytes, kept)) {
      parts.push(bytes.subarray(kept, at), Buffer.from(this.letters(addressAt(bytes, at))))
      kept = at + MAC_CHARS
    }
    return parts.length === 0 ? bytes : new Uint8Array(Buffer.concat([...parts, bytes.subarray(kept)]))
  }

  /** Lines without addresses. Offsets and numbers are kept per line, since lines get shorter; the rest passes through. */
  delivery(item: Delivery): Delivery {
    if (item.kind !== 'lines' || nextMac(item.bytes, 0) === -1) return item
    const lines = Array.from(item.ends, (end, i) => this.replace(item.bytes.subarray(item.ends[i - 1] ?? 0, end)))
    let size = 0
    return {
      ...item,
      bytes: new Uint8Array(Buffer.concat(lines)),
      ends: Uint32Array.from(lines, line => (size += line.length)),
      offsets: item.offsets ?? Float64Array.from(lines, (_, i) => lineOffset(item, i)),
      lineNumbers: item.lineNumbers ?? lineNumbers(item),
    }
  }
}

function lineNumbers({ ends, firstLine }: LineBatch): Float64Array {
  return Float64Array.from(ends, (_, i) => (firstLine === 0 ? 0 : firstLine + i))
}

function syllable(n: number): string {
  return LETTERS.charAt(Math.floor(n / 182)) + VOWELS.charAt(Math.floor(n / 26) % 7) + LETTERS.charAt(n % 26)
}

/** Where the next address starts, or -1. */
function nextMac(bytes: Uint8Array, from: number): number {
  for (let at = from; at + MAC_CHARS <= bytes.length; at++) {
    const separator = bytes[at + 2] as number
    if (!SEPARATORS.includes(separator)) continue
    if (isMac(bytes, at, separator)) return at
  }
  return -1
}

function isMac(bytes: Uint8Array, at: number, separator: number): boolean {
  for (let i = 0; i < MAC_CHARS; i++) {
    const byte = bytes[at + i] as number
    if (i % 3 === 2 ? byte !== separator : hexDigit(byte) === -1) return false
  }
  return true
}

function addressAt(bytes: Uint8Array, at: number): Uint8Array {
  const digit = (i: number): number => hexDigit(bytes[at + i] as number)
  return Uint8Array.from({ length: 6 }, (_, i) => digit(i * 3) * 16 + digit(i * 3 + 1))
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}
