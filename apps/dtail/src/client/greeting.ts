import { GreetingDecoder, MESSAGE_END, NATIVE_STARTED, parseCapabilities } from '@logflow/protocol'

/** What a server has said before it is known how it will answer. */
export type Greeted =
  /** More has to come, or to be decided. */
  | { readonly kind: 'open' }
  /** It answers in frames; `rest` is what came behind. */
  | { readonly kind: 'native'; readonly rest: Uint8Array }
  /** It speaks DTail; `rest` is everything that is for the reader of that. */
  | { readonly kind: 'dtail'; readonly rest: Uint8Array }

/** The beginning of a session, until it is known which way the server answers. */
export class Greeting {
  readonly #decoder = new GreetingDecoder()
  readonly #capable: (names: readonly string[]) => void
  #kept: Uint8Array[] = []
  #asksFrames: boolean | undefined

  /** @param capable - Told what the server says that it can do. */
  constructor(capable: (names: readonly string[]) => void) {
    this.#capable = capable
  }

  /** Whether frames are asked for; called once, before anything is. */
  decide(asksFrames: boolean): void {
    this.#asksFrames = asksFrames
  }

  /** Takes ownership of `chunk`. @throws ProtocolError `LF_PROTOCOL_FRAME_TOO_LARGE` */
  take(chunk: Uint8Array): Greeted {
    this.#decoder.push(chunk)
    if (this.#asksFrames === false) return this.#dtail()
    for (let message = this.#decoder.read(); message; message = this.#decoder.read()) {
      const text = Buffer.from(message).toString('latin1', 0, 1024)
      const names = parseCapabilities(text)
      if (names) this.#capable(names)
      else if (text === NATIVE_STARTED) return { kind: 'native', rest: this.#decoder.takeRest() }
      else this.#kept.push(message, Uint8Array.of(MESSAGE_END))
    }
    return { kind: 'open' }
  }

  /** The server left, or said something without being asked: that is for the reader of DTail, too. */
  end(): Uint8Array {
    return this.#dtail().rest
  }

  #dtail(): Greeted & { readonly kind: 'dtail' } {
    const rest = Buffer.concat([...this.#kept, this.#decoder.takeRest()])
    this.#kept = []
    return { kind: 'dtail', rest: new Uint8Array(rest.buffer, rest.byteOffset, rest.byteLength) }
  }
}
