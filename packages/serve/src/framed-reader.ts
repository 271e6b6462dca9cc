import type { Socket } from 'node:net'
import type { ResumeToken } from '@logflow/core'
import { encodeReplyBytesHeader, encodeTailsrvReply, MAX_REPLY_BYTES, type TailsrvReply } from '@logflow/protocol'
import type { Transfer, TransferState } from '@logflow/sendfile-native'
import type { Client } from './client.ts'
import { missedBytes, type FeedHome, type FeedReader } from './feed-reader.ts'
import { sizeOf, type Generation } from './generation.ts'

/** So many bytes at most are sent between two positions, so that a reader which is cut off repeats little. */
const POSITION_EVERY_BYTES = 16 * 1024 * 1024

/** A reader that asked for frames: it is told of rotations, cuts and gaps, and where it may resume. */
export class FramedReader implements FeedReader {
  readonly client: Client
  readonly #home: FeedHome
  readonly #socket: Socket
  #generation: Generation
  #offset: number
  #transfer: Transfer | undefined
  #wake: (() => void) | undefined

  constructor(
    client: Client,
    { generation, offset }: { readonly generation: Generation; readonly offset: number },
    home: FeedHome,
  ) {
    this.client = client
    this.#home = home
    this.#socket = client.socket
    this.#generation = generation
    this.#offset = offset
    this.#socket.resume() // what it says from now on is dropped
    this.#socket.once('close', () => this.#wake?.())
    home.enter(this, generation)
    void this.#run().catch((error: unknown) => {
      home.failed(error as Error, this.#offset)
      this.#socket.destroy()
      home.leave(this, this.#generation)
    })
  }

  get generation(): Generation {
    return this.#generation
  }
  get offset(): number {
    return this.#transfer?.offset ?? this.#offset
  }
  get state(): TransferState {
    if (this.#wake) return 'parked'
    return this.#transfer?.state === 'parked' ? 'ready' : (this.#transfer?.state ?? 'blocked')
  }

  endAt(): void {
    this.#wake?.()
  }

  grew(): boolean {
    this.#wake?.()
    return true
  }

  destroy(): void {
    this.#socket.destroy()
  }

  async #run(): Promise<void> {
    for (let more = true; more && !this.#socket.destroyed;) {
      await this.#reply({ kind: 'accepted', sourceId: this.#generation.sourceId ?? '', offset: this.#offset })
      await this.#sendGeneration()
      more = await this.#advance()
    }
    this.#socket.destroySoon()
    this.#home.leave(this, this.#generation)
  }

  /** Everything of one generation, and positions on the way. */
  async #sendGeneration(): Promise<void> {
    let positioned = -1
    while (!this.#socket.destroyed) {
      const { fd, end } = this.#generation
      const until = Math.min(end ?? sizeOf(fd), this.#offset + MAX_REPLY_BYTES)
      const caughtUp = until <= this.#offset
      if ((caughtUp && positioned !== this.#offset) || this.#offset - positioned >= POSITION_EVERY_BYTES) {
        positioned = this.#offset
        await this.#sendPosition()
      } else if (!caughtUp) await this.#sendBytes(until)
      else if (end !== undefined) return
      else await this.#more()
    }
  }

  async #sendBytes(end: number): Promise<void> {
    this.#socket.write(encodeReplyBytesHeader(end - this.#offset))
    this.#transfer = this.#home.fanout.send(this.#socket, {
      fd: this.#generation.fd,
      offset: this.#offset,
      mode: 'end',
      end,
    })
    const { outcome, offset, error } = await this.#transfer.done
    this.#transfer = undefined
    this.#offset = offset
    if (error) this.#home.failed(error, offset)
    // A frame that promised more than the file still has cannot be completed: the reader comes back with its position.
    if (outcome !== 'ended') this.#socket.destroy()
  }

  async #sendPosition(): Promise<void> {
    const token: ResumeToken | undefined = await this.#home.tokenAt(this.#generation, this.#offset)
    if (token) await this.#reply({ kind: 'position', token })
  }

  /** On to the next generation, false when there is none. */
  async #advance(): Promise<boolean> {
    if (this.#socket.destroyed) return false
    const generation = this.#generation
    const missed = missedBytes(generation, this.#offset)
    const cut = generation.cutFrom !== undefined
    if (missed > 0) {
      this.#home.lose(missed, cut ? 'truncated' : 'shrunk')
      await this.#reply({ kind: 'gap', from: this.#offset, to: this.#offset + missed, reason: 'truncated' })
    }
    const { next } = generation
    await this.#reply({ kind: 'ended', reason: next ? (cut ? 'truncated' : 'rotated') : this.#home.endReason })
    if (!next) return false
    this.#generation = next
    this.#offset = 0
    this.#home.enter(this, next)
    this.#home.leave(this, generation)
    return true
  }

  /** Resolves when the peer's kernel takes bytes again: a reader that stands still holds one frame. */
  #reply(reply: TailsrvReply): Promise<void> {
    return new Promise(resolve => this.#socket.write(encodeTailsrvReply(reply), () => resolve()))
  }

  async #more(): Promise<void> {
    await new Promise<void>(wake => {
      this.#wake = wake
    })
    this.#wake = undefined
  }
}
