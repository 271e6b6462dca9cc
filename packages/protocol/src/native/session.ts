import type { Delivery } from '@logflow/core'
import { DelimitedReader } from '../delimited-reader.ts'
import { DEFAULT_MAX_MESSAGE_BYTES, MESSAGE_END } from '../dtail/constants.ts'
import { DeliveryReader } from './delivery-decoder.ts'
import { DeliveryEncoder } from './delivery-encoder.ts'
import { DELIVERY_KINDS, maxDeliveryBytes } from './delivery-kinds.ts'
import { DEFAULT_MAX_FRAME_BYTES, encodeFrame, FrameDecoder } from './frame.ts'

/** Capability of a server that can answer in frames. Other servers do not name it, other clients pass it over. */
export const CAPABILITY_NATIVE = 'logflow-native-v1'
/** Command of a client that saw {@link CAPABILITY_NATIVE}: answer in frames from now on. */
export const NATIVE_COMMAND = 'NATIVE v1'
/** Hidden message that answers {@link NATIVE_COMMAND}: the byte after its terminator is the first of a frame. */
export const NATIVE_STARTED = '.syn native v1'
/** Kind of the frame that carries a DTail message. */
export const MESSAGE_FRAME_KIND = 32

/**
 * What a server sends in a native session: deliveries, with offsets, gaps and any byte in a line; and everything else
 * as the DTail message that it would be, without its terminator (hidden messages, texts of the server, groups).
 */
export type NativeItem = Delivery | { readonly kind: 'message'; readonly content: Uint8Array }

/** The server's side of a native session, after {@link NATIVE_STARTED}. */
export class NativeSessionEncoder {
  readonly #deliveries = new DeliveryEncoder()

  /** One item as frames. @throws ProtocolError `LF_PROTOCOL_UNENCODABLE` for a delivery over the limits */
  encode(item: NativeItem): Uint8Array {
    if (item.kind !== 'message') return this.#deliveries.encode(item)
    return encodeFrame({ kind: MESSAGE_FRAME_KIND, flags: 0, body: item.content })
  }
}

/** Sans-I/O reader of a native session, fed from the byte after {@link NATIVE_STARTED} and its terminator. */
export class NativeSessionDecoder {
  readonly #frames: FrameDecoder
  readonly #deliveries = new DeliveryReader()

  /** @param maxFrameBytes - Longest body of a frame of lines or of a message. */
  constructor(maxFrameBytes: number = DEFAULT_MAX_FRAME_BYTES) {
    this.#frames = new FrameDecoder(kind =>
      maxDeliveryBytes(kind === MESSAGE_FRAME_KIND ? DELIVERY_KINDS.lines : kind, maxFrameBytes),
    )
  }

  /** Adds a chunk, which is handed over. */
  push(chunk: Uint8Array): void {
    this.#frames.push(chunk)
  }

  /**
   * The next item, or `undefined` while bytes are missing.
   *
   * @throws ProtocolError `LF_PROTOCOL_UNKNOWN_KIND`, `LF_PROTOCOL_MALFORMED`, `LF_PROTOCOL_FRAME_TOO_LARGE`
   */
  read(): NativeItem | undefined {
    for (let frame = this.#frames.read(); frame; frame = this.#frames.read()) {
      if (frame.kind === MESSAGE_FRAME_KIND) return { kind: 'message', content: frame.body }
      const item = this.#deliveries.accept(frame)
      if (item) return item
    }
    return undefined
  }

  /** The server closed. @throws ProtocolError `LF_PROTOCOL_TRUNCATED` inside a frame */
  end(): void {
    this.#frames.end()
  }
}

/**
 * Reads the messages of a server one at a time, so that a client can find out what the server can do and then hand the
 * rest of the stream, to the byte, to `ServerMessageDecoder` or {@link NativeSessionDecoder}.
 */
export class GreetingDecoder {
  readonly #reader = new DelimitedReader({
    delimiter: MESSAGE_END,
    maxBytes: DEFAULT_MAX_MESSAGE_BYTES,
    what: 'server message',
  })

  /** Adds a chunk, which is handed over. */
  push(chunk: Uint8Array): void {
    this.#reader.push(chunk)
  }

  /** The next message without its terminator, or `undefined`. @throws ProtocolError `LF_PROTOCOL_FRAME_TOO_LARGE` */
  read(): Uint8Array | undefined {
    return this.#reader.read()
  }

  /** All that was pushed and not read, which leaves this decoder empty. */
  takeRest(): Uint8Array {
    return this.#reader.takeRest()
  }
}
