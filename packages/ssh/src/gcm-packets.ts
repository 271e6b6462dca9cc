import { discardBytes } from '@logflow/core'
import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  randomFillSync,
  type CipherGCMTypes,
  type KeyObject,
} from 'node:crypto'

const LENGTH_BYTES = 4
const TAG_BYTES = 16
const BLOCK_BYTES = 16
const MIN_PADDING = 4
/** What ssh2 takes at most. */
const USUAL_PACKET_BYTES = 35_000

/** Encrypted packets whose memory is given back by us; the garbage collector takes the others. */
const MAX_OUTPUTS = 64

/** What one direction begins with. The counter is taken over, and moves on from there. */
export interface GcmStart {
  readonly algorithm: CipherGCMTypes
  readonly key: Uint8Array
  readonly counter: Uint8Array
  readonly sequence: number
}

/**
 * Encrypts packets with AES-GCM (RFC 5647, as OpenSSH uses it), in the place of what ssh2 1.17 does without its
 * binding: the key is unwrapped once and not for every packet, and large packets are made in memory that is used again.
 */
export class GcmCipher {
  outSeqno: number
  readonly #algorithm: CipherGCMTypes
  readonly #key: KeyObject
  readonly #counter: Buffer
  readonly #write: (bytes: Uint8Array) => void
  /** What was handed on and may still be on its way; no more than is worth remembering. */
  #outputs: Uint8Array[] = []
  /** Absent while a packet is being made in it. */
  #spare: Buffer | undefined
  #dead = false

  constructor({ algorithm, key, counter, sequence }: GcmStart, write: (bytes: Uint8Array) => void) {
    this.outSeqno = sequence
    this.#algorithm = algorithm
    this.#key = createSecretKey(key)
    this.#counter = Buffer.from(counter)
    this.#write = write
  }

  free(): void {
    this.#dead = true
  }

  /** A packet with its length and padding, the payload from byte 5 on still to be filled in. */
  allocPacket(payloadBytes: number): Buffer {
    const unpadded = 1 + payloadBytes
    const needed = BLOCK_BYTES - (unpadded % BLOCK_BYTES)
    const padding = needed < MIN_PADDING ? needed + BLOCK_BYTES : needed
    const packet = this.#take(LENGTH_BYTES + unpadded + padding)
    packet.writeUInt32BE(unpadded + padding, 0)
    packet[LENGTH_BYTES] = padding
    randomFillSync(packet, LENGTH_BYTES + unpadded, padding)
    return packet
  }

  /** Encrypts what {@link allocPacket} gave and hands it on. */
  encrypt(packet: Buffer): void {
    if (this.#dead) return
    const cipher = createCipheriv(this.#algorithm, this.#key, this.#counter)
    // A copy: the memory of the packet is used again before this is sent.
    const length = Buffer.from(packet.subarray(0, LENGTH_BYTES))
    cipher.setAAD(length)
    this.#write(length)
    const output = cipher.update(packet.subarray(LENGTH_BYTES))
    this.#write(output)
    cipher.final()
    this.#write(cipher.getAuthTag())
    increment(this.#counter)
    this.outSeqno = (this.outSeqno + 1) >>> 0
    if (packet.length <= USUAL_PACKET_BYTES) return
    this.#spare = Buffer.from(packet.buffer)
    if (this.#outputs.length < MAX_OUTPUTS) this.#outputs.push(output)
  }

  /** Nothing that was handed on is on its way any more: its memory can go. */
  release(): void {
    for (const output of this.#outputs.splice(0)) discardBytes(output)
  }

  #take(size: number): Buffer {
    if (size <= USUAL_PACKET_BYTES) return Buffer.allocUnsafe(size)
    const spare = this.#spare
    this.#spare = undefined
    return spare && spare.length >= size
      ? spare.subarray(0, size)
      : Buffer.allocUnsafeSlow(size + size / 4).subarray(0, size)
  }
}

/** Decrypts what {@link GcmCipher} makes. A packet is looked at only when it is whole and proven. */
export class GcmDecipher {
  inSeqno: number
  /** ssh2 puts another one here while keys are exchanged. */
  _onPayload: (payload: Buffer) => false | number | undefined
  /** Longest packet, without its length and tag. */
  maxPacketBytes: number = USUAL_PACKET_BYTES - LENGTH_BYTES - TAG_BYTES
  readonly #algorithm: CipherGCMTypes
  readonly #key: KeyObject
  readonly #counter: Buffer
  /** The start of a packet that has not come whole. */
  #held: Buffer = Buffer.alloc(0)
  #heldBytes = 0

  constructor({ algorithm, key, counter, sequence }: GcmStart, onPayload: GcmDecipher['_onPayload']) {
    this.inSeqno = sequence
    this._onPayload = onPayload
    this.#algorithm = algorithm
    this.#key = createSecretKey(key)
    this.#counter = Buffer.from(counter)
  }

  free(): void {}

  /** Reads `data` from `at` to `end`, as far as whoever gets the payloads wants; returns where that ended, then. */
  decrypt(data: Buffer, at: number, end: number): number | undefined {
    while (at < end) {
      let packet: Buffer
      const size = this.#heldBytes === 0 ? this.#sizeOf(data, at, end) : Infinity
      if (size <= end - at) {
        packet = data.subarray(at, at + size)
        at += size
      } else {
        at += this.#hold(data, at, end)
        if (this.#heldBytes < LENGTH_BYTES || this.#heldBytes < this.#sizeOf(this.#held, 0, this.#heldBytes)) continue
        packet = this.#held.subarray(0, this.#heldBytes)
        this.#heldBytes = 0
      }
      const payload = this.#open(packet)
      // Somebody with a thousand quiet connections cannot keep room for a large packet in each.
      if (at === end && this.#held.length > USUAL_PACKET_BYTES) this.#held = Buffer.alloc(0)
      const left = this._onPayload(payload)
      if (left !== undefined) return left === false ? at : left
    }
    return undefined
  }

  /** Bytes of the packet that begins at `at`, its length and tag included; more than there is while that is not known. */
  #sizeOf(data: Buffer, at: number, end: number): number {
    if (end - at < LENGTH_BYTES) return Infinity
    const length = data.readUInt32BE(at)
    if (length > this.maxPacketBytes || length < BLOCK_BYTES || length % BLOCK_BYTES !== 0)
      throw new Error(`Bad packet length: ${length}`)
    return LENGTH_BYTES + length + TAG_BYTES
  }

  /** Keeps as much of `data` as belongs to the open packet; returns how much that was. */
  #hold(data: Buffer, at: number, end: number): number {
    const known = this.#heldBytes >= LENGTH_BYTES
    const size = known ? this.#sizeOf(this.#held, 0, this.#heldBytes) : LENGTH_BYTES
    if (this.#held.length < size) {
      const grown = Buffer.allocUnsafeSlow(Math.max(size, 2048))
      this.#held.copy(grown, 0, 0, this.#heldBytes)
      this.#held = grown
    }
    const copied = data.copy(this.#held, this.#heldBytes, at, Math.min(end, at + size - this.#heldBytes))
    this.#heldBytes += copied
    return copied
  }

  /** The payload of a whole packet, in memory of its own. */
  #open(packet: Buffer): Buffer {
    const body = packet.length - TAG_BYTES
    const decipher = createDecipheriv(this.#algorithm, this.#key, this.#counter)
    decipher.setAAD(packet.subarray(0, LENGTH_BYTES))
    decipher.setAuthTag(packet.subarray(body))
    const opened = decipher.update(packet.subarray(LENGTH_BYTES, body))
    decipher.final()
    increment(this.#counter)
    this.inSeqno = (this.inSeqno + 1) >>> 0
    const padding = opened[0] as number
    if (padding > opened.length - 1) throw new Error('Bad padding length')
    return opened.subarray(1, opened.length - padding)
  }
}

/** The last eight of the twelve bytes count packets. */
function increment(counter: Buffer): void {
  for (let i = 11; i >= 4; i--) {
    counter[i] = ((counter[i] as number) + 1) & 0xff
    if (counter[i] !== 0) return
  }
}
