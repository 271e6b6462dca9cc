import fc from 'fast-check'
import { ProtocolError } from '../src/index.ts'

/** What every decoder of the package looks like. */
export interface Decoder<T> {
  push(chunk: Uint8Array): void
  read(): T | undefined
  end(): void
}

/** Sizes of the pieces that a stream is cut into, over and over. */
export const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 })

/** Feeds `bytes` in pieces of the given sizes, as a socket might; reads after every piece. */
export function decodeInPieces<T>(decoder: Decoder<T>, bytes: Uint8Array, sizes: readonly number[]): T[] {
  const out: T[] = []
  for (let at = 0, i = 0; at < bytes.length; i++) {
    decoder.push(bytes.slice(at, (at += sizes[i % sizes.length] as number)))
    for (let next = decoder.read(); next !== undefined; next = decoder.read()) out.push(next)
  }
  decoder.end()
  return out
}

/** What decoding came to: values and, when it failed, the code. Anything but our own error is thrown on. */
export function outcome<T>(
  decoder: Decoder<T>,
  bytes: Uint8Array,
  sizes: readonly number[],
): { values: T[]; code: string } {
  const values: T[] = []
  try {
    for (let at = 0, i = 0; at < bytes.length; i++) {
      decoder.push(bytes.slice(at, (at += sizes[i % sizes.length] as number)))
      for (let next = decoder.read(); next !== undefined; next = decoder.read()) values.push(next)
    }
    decoder.end()
    return { values, code: '' }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    return { values, code: error.code }
  }
}

/** Text as bytes, one byte per character. */
export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, char => char.charCodeAt(0))
}

/** Pieces as one run. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}
