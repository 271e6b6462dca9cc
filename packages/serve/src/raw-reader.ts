import type { Connection, Transfer, TransferResult, TransferState } from '@logflow/sendfile-native'
import type { Client } from './client.ts'
import { missedBytes, type FeedHome, type FeedReader } from './feed-reader.ts'
import type { Generation } from './generation.ts'

/** A reader of bytes as they lie in the file, as the originals serve them. */
export class RawReader implements FeedReader {
  readonly client: Client
  readonly #home: FeedHome
  readonly #connection: Connection
  #generation: Generation
  #transfer: Transfer

  constructor(
    client: Client,
    { generation, offset }: { readonly generation: Generation; readonly offset: number },
    home: FeedHome,
  ) {
    this.client = client
    this.#home = home
    client.handOver()
    const { maxIgnoredBytes } = home.limits
    this.#connection = home.fanout.adopt(client.socket, { maxIgnoredBytes, onClosed: () => client.left() })
    this.#generation = generation
    this.#transfer = this.#start(offset)
  }

  get generation(): Generation {
    return this.#generation
  }
  get offset(): number {
    return this.#transfer.offset
  }
  get state(): TransferState {
    return this.#transfer.state
  }

  endAt(end: number): void {
    this.#transfer.endAt(end)
  }

  /** The fanout was told, and wakes whom it concerns. */
  grew(): boolean {
    return this.#transfer.engine !== 'native'
  }

  destroy(): void {
    this.#connection.destroy()
  }

  #start(offset: number): Transfer {
    const generation = this.#generation
    const { fd, end } = generation
    this.#home.enter(this, generation)
    const transfer = this.#connection.send(
      end === undefined ? { fd, offset, mode: 'follow', noticesGrowth: true } : { fd, offset, mode: 'end', end },
    )
    void transfer.done.then(result => this.#done(generation, result))
    return transfer
  }

  #done(generation: Generation, { outcome, offset, error }: TransferResult): void {
    if (error) this.#home.failed(error, offset)
    if (outcome === 'ended' || outcome === 'truncated') this.#advance(generation, offset)
    else this.#connection.destroy()
    this.#home.leave(this, generation)
  }

  /** It has everything of its generation: on to the next, or out. */
  #advance(generation: Generation, offset: number): void {
    const missed = missedBytes(generation, offset)
    if (missed > 0) this.#home.lose(missed, generation.cutFrom === undefined ? 'shrunk' : 'truncated')
    if (!generation.next) return this.#connection.end()
    this.#generation = generation.next
    this.#transfer = this.#start(0)
  }
}
