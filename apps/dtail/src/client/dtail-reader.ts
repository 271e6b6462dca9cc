import { eachMessage, MESSAGE_END, ServerMessageDecoder, type MessageBatch } from '@logflow/protocol'
import type { AnswerReader, IsOurs } from './answer-reader.ts'
import type { AnswerSink, LineSink } from './answer-sink.ts'
import type { ServerAddress } from './server-list.ts'
import { VisibleLines } from './visible-lines.ts'

/** For a server that speaks DTail. */
export function dtailReader(sink: AnswerSink, server: ServerAddress, isOurs: IsOurs): AnswerReader {
  return sink.lines ? new LineReader(sink.lines, isOurs) : new MessageReader(sink, server, isOurs)
}

/** Runs of lines, out of the packets they came in. */
class LineReader implements AnswerReader {
  readonly #sink: LineSink
  readonly #isOurs: IsOurs
  readonly #visible: VisibleLines

  constructor(sink: LineSink, isOurs: IsOurs) {
    this.#sink = sink
    this.#isOurs = isOurs
    this.#visible = new VisibleLines(sink)
  }

  async take(chunk: Uint8Array): Promise<readonly string[]> {
    const { runs, hidden } = this.#visible.push(chunk, this.#isOurs)
    await this.#sink.print(runs)
    return hidden
  }

  end(): void {
    this.#visible.end()
  }
}

/** Message by message. */
class MessageReader implements AnswerReader {
  readonly #sink: AnswerSink
  readonly #server: ServerAddress
  readonly #isOurs: IsOurs
  readonly #decoder = new ServerMessageDecoder()

  constructor(sink: AnswerSink, server: ServerAddress, isOurs: IsOurs) {
    this.#sink = sink
    this.#server = server
    this.#isOurs = isOurs
  }

  async take(chunk: Uint8Array): Promise<readonly string[]> {
    const hidden: string[] = []
    this.#decoder.push(chunk)
    for (let batch = this.#decoder.read(); batch; batch = this.#decoder.read())
      hidden.push(...(await this.#sink.take(this.#withoutOurs(batch), this.#server)))
    return hidden
  }

  end(): void {
    this.#decoder.end()
  }

  #withoutOurs(batch: MessageBatch): MessageBatch {
    const kept = [...eachMessage(batch)].filter(message => !this.#isOurs(message))
    return kept.length === batch.ends.length ? batch : batchOf(kept)
  }
}

/** Messages with their terminators again. */
export function batchOf(messages: readonly Uint8Array[]): MessageBatch {
  const bytes = Buffer.concat(messages.flatMap(message => [message, Uint8Array.of(MESSAGE_END)]))
  const ends = new Uint32Array(messages.length)
  let end = 0
  for (const [i, message] of messages.entries()) ends[i] = end += message.length + 1
  return { bytes: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength), ends }
}
