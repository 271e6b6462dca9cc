import { DelimitedReader } from '../delimited-reader.ts'
import { DEFAULT_MAX_MESSAGE_BYTES, MESSAGE_END } from '../dtail/constants.ts'

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
