import { ProtocolError } from '../errors.ts'

const HIGH = 0x1_0000_0000

/** Writes big-endian fields into a body of a known size. */
export class FieldWriter {
  readonly #body: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(size: number) {
    this.#body = new Uint8Array(size)
    this.#view = new DataView(this.#body.buffer)
  }

  uint8(value: number): this {
    this.#view.setUint8(this.#at, value)
    this.#at += 1
    return this
  }

  uint16(value: number): this {
    this.#view.setUint16(this.#at, value)
    this.#at += 2
    return this
  }

  uint32(value: number): this {
    this.#view.setUint32(this.#at, value)
    this.#at += 4
    return this
  }

  /** @throws RangeError unless `value` is a safe integer >= 0 */
  uint64(value: number): this {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is not an offset`)
    this.uint32(Math.floor(value / HIGH))
    return this.uint32(value % HIGH)
  }

  bytes(bytes: Uint8Array): this {
    this.#body.set(bytes, this.#at)
    this.#at += bytes.length
    return this
  }

  done(): Uint8Array {
    if (this.#at !== this.#body.length) throw new Error(`BUG: ${this.#at} of ${this.#body.length} bytes written`)
    return this.#body
  }
}

/** Reads big-endian fields; every one is checked against what is there. */
export class FieldReader {
  readonly #body: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(body: Uint8Array) {
    this.#body = body
    this.#view = new DataView(body.buffer, body.byteOffset, body.byteLength)
  }

  get left(): number {
    return this.#body.length - this.#at
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1))
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2))
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4))
  }

  /** A u64 that is a safe integer. */
  offset(): number {
    const at = this.#advance(8)
    const value = this.#view.getUint32(at) * HIGH + this.#view.getUint32(at + 4)
    if (!Number.isSafeInteger(value)) throw malformed('offset out of range')
    return value
  }

  rest(): Uint8Array {
    return this.#body.subarray(this.#advance(this.left))
  }

  end(): void {
    if (this.left > 0) throw malformed(`${this.left} bytes too many in a frame`)
  }

  #advance(size: number): number {
    if (size > this.left) throw malformed('frame is too short')
    const at = this.#at
    this.#at += size
    return at
  }
}

function malformed(message: string): ProtocolError {
  return new ProtocolError('LF_PROTOCOL_MALFORMED', message)
}
