import type { Delivery, Source } from '@logflow/core'
import { ProtocolError } from '../errors.ts'
import { DeliveryReader } from './delivery-decoder.ts'
import { DeliveryEncoder, joinFrames, type SplitFrame } from './delivery-encoder.ts'
import { blockHead, readBlockBody, type NativeBlock } from './block-body.ts'
import { FieldReader, FieldWriter } from './fields.ts'
import { encodeFrame, encodeFrameHeader, FRAME_HEADER_BYTES, FrameDecoder, type Frame } from './frame.ts'
import { NATIVE_PACKINGS, type NativePacking } from './native-terms.ts'
import { MAX_SESSION_FRAME_BYTES, maxSessionBytes, POSITION_FRAME_BYTES, SESSION_KINDS } from './session-kinds.ts'

/** Capability of a server that can answer in frames. Other servers do not name it, other clients pass it over. */
export const CAPABILITY_NATIVE = 'logflow-native-v1'
/** Command of a client that saw {@link CAPABILITY_NATIVE}: answer in frames from now on. Its terms may follow. */
export const NATIVE_COMMAND = 'NATIVE v1'
/** Hidden message that answers {@link NATIVE_COMMAND}: the byte after its terminator is the first of a frame. */
export const NATIVE_STARTED = '.syn native v1'
/** Kind of the frame that carries a DTail message. */
export const MESSAGE_FRAME_KIND: number = SESSION_KINDS.message

const NOTHING = new Uint8Array(0)
/** Bytes of a `packed` frame's body before what is packed. */
const PACKED_HEAD_BYTES = 1 + 4

/**
 * What a server sends in a native session: deliveries, with offsets, gaps and any byte in a line; blocks, for a client
 * that asked for bytes; positions, up to where a source is dealt with although nothing of it was chosen; and
 * everything else as the DTail message that it would be, without its terminator (hidden messages, texts of the server,
 * groups). `packed` are whole frames, packed: {@link NativeSessionDecoder.pushUnpacked} takes what was in it.
 */
export type NativeItem =
  | Delivery
  | NativeBlock
  | { readonly kind: 'message'; readonly content: Uint8Array }
  | { readonly kind: 'position'; readonly source: Source; readonly offset: number }
  | PackedFrames

/** Frames that were packed together. */
export interface PackedFrames {
  readonly kind: 'packed'
  readonly packing: NativePacking
  /** Size once they are unpacked, as the sender says. */
  readonly rawBytes: number
  readonly bytes: Uint8Array
}

/** The server's side of a native session, after {@link NATIVE_STARTED}. */
export class NativeSessionEncoder {
  readonly #deliveries = new DeliveryEncoder(MAX_SESSION_FRAME_BYTES)

  /** One item as frames. @throws ProtocolError `LF_PROTOCOL_UNENCODABLE` for a delivery over the limits */
  encode(item: NativeItem): Uint8Array {
    switch (item.kind) {
      case 'message':
        return encodeFrame({ kind: SESSION_KINDS.message, flags: 0, body: item.content })
      case 'block':
        return joined([this.encodeBlockHead(item), item.bytes])
      case 'position': {
        const { slot, announcement } = this.#deliveries.place(item.source)
        const head = new FieldWriter(POSITION_FRAME_BYTES).uint16(slot).uint64(item.offset).done()
        return sessionFrames([...announcement, { kind: SESSION_KINDS.position, flags: 0, head, tail: NOTHING }])
      }
      case 'packed': {
        const head = new FieldWriter(PACKED_HEAD_BYTES).uint8(NATIVE_PACKINGS.indexOf(item.packing))
        const frame = { kind: SESSION_KINDS.packed, flags: 0, head: head.uint32(item.rawBytes).done() }
        return sessionFrames([{ ...frame, tail: item.bytes }])
      }
      default:
        return this.#deliveries.encode(item)
    }
  }

  /**
   * A block but for its bytes, which follow in the stream at once: for a server that does not want to copy them.
   *
   * @throws ProtocolError `LF_PROTOCOL_UNENCODABLE` for a block over the limit
   */
  encodeBlockHead(block: NativeBlock): Uint8Array {
    const { slot, announcement } = this.#deliveries.place(block.source)
    const { flags, head } = blockHead(block, slot)
    const length = head.length + block.bytes.length
    if (length > MAX_SESSION_FRAME_BYTES) {
      throw new ProtocolError('LF_PROTOCOL_UNENCODABLE', `a block of ${length} bytes has no frame`)
    }
    const header = encodeFrameHeader({ kind: SESSION_KINDS.block, flags, length })
    return announcement.length === 0 ? joined([header, head]) : joined([sessionFrames(announcement), header, head])
  }
}

function sessionFrames(frames: readonly SplitFrame[]): Uint8Array {
  return joinFrames(frames, kind => maxSessionBytes(kind, MAX_SESSION_FRAME_BYTES))
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** Sans-I/O reader of a native session, fed from the byte after {@link NATIVE_STARTED} and its terminator. */
export class NativeSessionDecoder {
  readonly #frames: FrameDecoder
  readonly #limitOf: (kind: number) => number
  readonly #deliveries = new DeliveryReader()
  /** Frames that came packed; they come before what was pushed since. */
  #unpacked: FrameDecoder | undefined

  /** @param maxFrameBytes - Longest body of a frame of lines or of a message. */
  constructor(maxFrameBytes: number = MAX_SESSION_FRAME_BYTES) {
    this.#limitOf = kind => maxSessionBytes(kind, maxFrameBytes)
    this.#frames = new FrameDecoder(this.#limitOf)
  }

  /** Adds a chunk, which is handed over. */
  push(chunk: Uint8Array): void {
    this.#frames.push(chunk)
  }

  /** Bytes that were pushed and not read; 0 says that no item to come lies in what was pushed. */
  get pendingBytes(): number {
    return this.#frames.pendingBytes
  }

  /** What was in the `packed` item that {@link read} gave last, before anything else is read. */
  pushUnpacked(bytes: Uint8Array): void {
    this.#unpacked = new FrameDecoder(this.#limitOf)
    this.#unpacked.push(bytes)
  }

  /**
   * The next item, or `undefined` while bytes are missing.
   *
   * @throws ProtocolError `LF_PROTOCOL_UNKNOWN_KIND`, `LF_PROTOCOL_MALFORMED`, `LF_PROTOCOL_FRAME_TOO_LARGE`,
   * `LF_PROTOCOL_TRUNCATED` when packed frames are not whole
   */
  read(): NativeItem | undefined {
    for (let frame = this.#nextFrame(); frame; frame = this.#nextFrame()) {
      const item = this.#itemOf(frame)
      if (item) return item
    }
    return undefined
  }

  /** The server closed. @throws ProtocolError `LF_PROTOCOL_TRUNCATED` inside a frame */
  end(): void {
    this.#frames.end()
  }

  #nextFrame(): Frame | undefined {
    const frame = this.#unpacked?.read()
    if (frame) return frame
    this.#unpacked?.end()
    this.#unpacked = undefined
    return this.#frames.read()
  }

  #itemOf(frame: Frame): NativeItem | undefined {
    const { kind, flags, body } = frame
    switch (kind) {
      case SESSION_KINDS.message:
        return { kind: 'message', content: body }
      case SESSION_KINDS.block: {
        const fields = new FieldReader(body)
        return readBlockBody(this.#deliveries.sourceAt(fields.uint16()), flags, fields)
      }
      case SESSION_KINDS.position: {
        const fields = new FieldReader(body)
        const item = { kind: 'position', source: this.#deliveries.sourceAt(fields.uint16()) } as const
        const offset = fields.offset()
        fields.end()
        return { ...item, offset }
      }
      case SESSION_KINDS.packed:
        return readPacked(body, this.#unpacked !== undefined)
      default:
        return this.#deliveries.accept(frame)
    }
  }
}

function readPacked(body: Uint8Array, isPacked: boolean): PackedFrames {
  if (isPacked) throw new ProtocolError('LF_PROTOCOL_MALFORMED', 'packed frames in packed frames')
  const fields = new FieldReader(body)
  const packing = NATIVE_PACKINGS[fields.uint8()]
  const rawBytes = fields.uint32()
  if (packing === undefined) throw new ProtocolError('LF_PROTOCOL_MALFORMED', 'unknown packing')
  if (rawBytes > MAX_SESSION_FRAME_BYTES + FRAME_HEADER_BYTES) {
    throw new ProtocolError('LF_PROTOCOL_FRAME_TOO_LARGE', `packed frames declare ${rawBytes} bytes`)
  }
  return { kind: 'packed', packing, rawBytes, bytes: fields.rest() }
}
