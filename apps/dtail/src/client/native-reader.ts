import { lineBatch, type Delivery, type Source } from '@logflow/core'
import { isHidden, NativeSessionDecoder, type NativeItem, type PackedFrames } from '@logflow/protocol'
import type { AnswerReader, IsOurs } from './answer-reader.ts'
import type { AnswerSink, Answered } from './answer-sink.ts'
import { batchOf } from './dtail-reader.ts'
import type { ServerAddress } from './server-list.ts'
import type { SourceLedger } from './source-ledger.ts'

/** What {@link NativeReader} passes on, and where. */
export interface NativeReaderOptions {
  readonly sink: AnswerSink
  readonly server: ServerAddress
  readonly plain: boolean
  readonly isOurs: IsOurs
  /** Keeps account of every source. */
  readonly ledger: SourceLedger
}

/** For a server that answers in native frames. */
export class NativeReader implements AnswerReader {
  readonly #options: NativeReaderOptions
  readonly #decoder = new NativeSessionDecoder()
  /** Something in the chunk was packed, and delivered out of other memory. */
  #unpacked = false

  constructor(options: NativeReaderOptions) {
    this.#options = options
    options.ledger.begin()
  }

  async take(chunk: Uint8Array): Promise<readonly string[]> {
    const hidden: string[] = []
    this.#decoder.push(chunk)
    for (let item = this.#decoder.read(); item; item = this.#decoder.read()) {
      const taken = this.#accept(item, hidden)
      if (taken) await taken
    }
    if (this.#decoder.pendingBytes === 0 && !this.#unpacked) this.#options.sink.deliveries?.release?.(chunk)
    this.#unpacked = false
    return hidden
  }

  end(): void {
    this.#decoder.end()
  }

  #accept(item: NativeItem, hidden: string[]): Promise<unknown> | undefined {
    const { sink, ledger } = this.#options
    switch (item.kind) {
      case 'message':
        return this.#message(item.content, hidden)
      case 'packed':
        return this.#unpack(item)
      case 'position':
        sink.deliveries?.passed?.(item.source, item.offset, this.#from(item.source))
        return undefined
      case 'block': {
        ledger.took(item.source, item.bytes, item.through)
        const { deliveries } = sink
        if (deliveries?.print) return deliveries.print(item, this.#from(item.source))
        const { source, bytes, offset, firstLine } = item
        return this.#deliver(lineBatch({ source, bytes, offset, firstLine }))
      }
      default:
        ledger.take(item)
        return this.#deliver(item)
    }
  }

  #deliver(item: Delivery): Promise<void> | undefined {
    return this.#options.sink.deliveries?.deliver(item, this.#from(item.source))
  }

  #from(source: Source): Answered {
    const { server, ledger } = this.#options
    return { server, name: ledger.nameOf(source) }
  }

  /** What a server says besides lines, as it would in DTail. */
  #message(content: Uint8Array, hidden: string[]): Promise<unknown> | undefined {
    const { sink, server, plain, isOurs } = this.#options
    if (isHidden(content, { plain })) hidden.push(Buffer.from(content).toString())
    else if (!isOurs(content)) return sink.take(batchOf([content]), server)
    return undefined
  }

  async #unpack({ packing, bytes, rawBytes }: PackedFrames): Promise<void> {
    this.#unpacked = true
    const { decompress } = await import('@logflow/compress')
    this.#decoder.pushUnpacked(await decompress(bytes, { format: packing, maxOutputBytes: rawBytes }))
  }
}
