/** One message of a `text/event-stream`. */
export interface StreamMessage {
  readonly name: string
  readonly data: string
}

/** A message of a peer may have this many characters; a longer one ends the connection. */
const MAX_MESSAGE_CHARACTERS = 4 * 1024 * 1024

/**
 * Server-sent events, chunk by chunk (HTML standard, section 9.2.6). Understands `event`, `data` and comments; `id`
 * and `retry` are read over, because whoever reconnects here starts at the present.
 */
export class EventStreamDecoder {
  readonly #decoder = new TextDecoder()
  #rest = ''
  #name = ''
  #data: string[] = []
  #size = 0

  /** The messages that are complete now. @throws RangeError when one grows beyond its limit */
  push(chunk: Uint8Array): StreamMessage[] {
    const text = this.#rest + this.#decoder.decode(chunk, { stream: true })
    const messages: StreamMessage[] = []
    let from = 0
    for (;;) {
      const end = nextLineEnd(text, from)
      if (end === undefined) break
      const message = this.#takeLine(text.slice(from, end.at))
      if (message) messages.push(message)
      from = end.next
    }
    this.#rest = text.slice(from)
    if (this.#rest.length + this.#size > MAX_MESSAGE_CHARACTERS) throw new RangeError('the message has no end')
    return messages
  }

  #takeLine(line: string): StreamMessage | undefined {
    if (line === '') return this.#takeMessage()
    const colon = line.indexOf(':')
    const field = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)
    if (field === 'event') this.#name = value
    else if (field === 'data') {
      this.#data.push(value)
      this.#size += value.length
    }
    return undefined
  }

  #takeMessage(): StreamMessage | undefined {
    const message = { name: this.#name === '' ? 'message' : this.#name, data: this.#data.join('\n') }
    const empty = this.#data.length === 0
    this.#name = ''
    this.#data = []
    this.#size = 0
    return empty ? undefined : message
  }
}

/** A line ends with LF, CR or both. A CR at the very end may be the half of both and has to wait. */
function nextLineEnd(text: string, from: number): { readonly at: number; readonly next: number } | undefined {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 10) return { at, next: at + 1 }
    if (code !== 13) continue
    if (at + 1 === text.length) return undefined
    return { at, next: text.charCodeAt(at + 1) === 10 ? at + 2 : at + 1 }
  }
  return undefined
}

/** A message on the wire. `data` is JSON, so it has no line breaks of its own. */
export function encodeEvent(name: string, data: string): string {
  return `event: ${name}\ndata: ${data}\n\n`
}
