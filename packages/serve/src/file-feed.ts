import { fstatSync } from 'node:fs'
import type { Socket } from 'node:net'
import type { Clock, Logger } from '@logflow/core'
import { resolveStart } from '@logflow/protocol'
import type { Fanout, Transfer, TransferResult } from '@logflow/sendfile-native'
import type { GrowingFileLike } from './growing-file.ts'
import type { ResolvedLimits } from './limits.ts'

/**
 * What happens when the file's name goes to another file, or vanishes. `close`: readers get what is there and are
 * closed, as the original does. `linger`: the open file is served on. `follow`: the old file is sent to its end, then
 * the new one from its first byte; a file that was cut to nothing starts again the same way.
 */
export type RotationPolicy = 'close' | 'linger' | 'follow'

/** What a {@link FileFeed} needs around it. */
export interface FeedOptions {
  readonly fanout: Fanout
  readonly rotation: RotationPolicy
  readonly limits: ResolvedLimits
  readonly logger: Logger
  readonly clock: Clock
  /** Whether the file that took the name over may be served. @defaultValue every file may */
  readonly admits?: ((fd: number) => Promise<boolean>) | undefined
  /** The last reader has left. */
  readonly onEmpty?: (() => void) | undefined
  /** A reader is so many generations behind that the feed lets go of it. */
  readonly onBehind: (socket: Socket) => void
}

/** One file that had the name: served by its descriptor, to `end` once that is known. */
interface Generation {
  readonly fd: number
  end: number | undefined
  /** Size before the file was cut; what a reader had not fetched of it by then is lost. */
  cutFrom: number | undefined
  readonly readers: Set<Reader>
}

interface Reader {
  readonly socket: Socket
  generation: Generation
  transfer: Transfer | undefined
}

const LINGER_POLL_MS = 1000

/** One growing file and everybody who reads it. Readers share nothing but the wake-up when the file has grown. */
export class FileFeed {
  /** Resolves when the name is gone (and the policy is to close), or `close` was called; rejects when watching fails. */
  readonly ended: Promise<void>
  readonly #file: GrowingFileLike
  readonly #options: FeedOptions
  readonly #generations: Generation[]
  readonly #stop = new AbortController()
  #size: number
  #draining = false
  #lostBytes = 0
  #wakeDrain: (() => void) | undefined

  constructor(file: GrowingFileLike, options: FeedOptions) {
    this.#file = file
    this.#options = options
    this.#size = file.size
    this.#generations = [{ fd: file.fd, end: undefined, cutFrom: undefined, readers: new Set() }]
    this.ended = this.#watch()
    this.ended.catch(() => {}) // whoever awaits it still gets it
  }

  get readers(): number {
    return this.#generations.reduce((sum, { readers }) => sum + readers.size, 0)
  }
  /** Bytes of cut or rotated files that a reader would have got and did not. */
  get lostBytes(): number {
    return this.#lostBytes
  }
  get #current(): Generation {
    return this.#generations.at(-1) as Generation
  }

  /** Starts to send. `asked` as in the header: negative counts from the end, `undefined` is the end. */
  add(socket: Socket, asked: number | undefined): void {
    const generation = this.#current
    const { size } = fstatSync(generation.fd)
    this.#start({ socket, generation, transfer: undefined }, asked === undefined ? size : resolveStart(asked, size))
  }

  /** Sends every reader what is there, closes it, and resolves when all are gone or the time for it is over. */
  async close(): Promise<void> {
    this.#stop.abort()
    this.#draining = true
    const current = this.#current
    this.#endGeneration(current, sizeOf(current.fd))
    const { clock, limits } = this.#options
    const late = new AbortController()
    const drained = new Promise<void>(resolve => (this.#wakeDrain = resolve))
    if (this.readers > 0)
      await Promise.race([drained, clock.sleep(limits.drainMs, { signal: late.signal }).catch(() => {})])
    late.abort()
    for (const { readers } of this.#generations) for (const { socket } of readers) socket.destroy()
  }

  #start(reader: Reader, offset: number): void {
    const { generation, socket } = reader
    generation.readers.add(reader)
    const { fd, end } = generation
    const transfer = this.#options.fanout.send(
      socket,
      end === undefined ? { fd, offset, mode: 'follow' } : { fd, offset, mode: 'end', end },
    )
    reader.transfer = transfer
    void transfer.done.then(result => this.#done(reader, result))
  }

  #done(reader: Reader, { outcome, offset, error }: TransferResult): void {
    const { generation, socket } = reader
    generation.readers.delete(reader)
    if (error) this.#options.logger.warn({ event: 'transfer.failed', path: this.#file.path, offset, err: error })
    if (outcome === 'ended' || outcome === 'truncated') this.#advance(reader, offset)
    this.#releaseOld()
    if (outcome === 'failed') socket.destroy()
    if (this.readers > 0) return
    this.#wakeDrain?.()
    this.#options.onEmpty?.()
  }

  /** The reader has everything of its generation: on to the next, or out. */
  #advance(reader: Reader, offset: number): void {
    const { generation, socket } = reader
    const whole = generation.cutFrom ?? generation.end ?? offset
    if (whole > offset) this.#lose(whole - offset, generation.cutFrom === undefined ? 'shrunk' : 'truncated')
    const next = this.#generations[this.#generations.indexOf(generation) + 1]
    if (!next) {
      socket.destroySoon()
      return
    }
    reader.generation = next
    this.#start(reader, 0)
  }

  #lose(bytes: number, reason: string): void {
    this.#lostBytes += bytes
    this.#options.logger.warn({ event: 'reader.lost-bytes', path: this.#file.path, bytes, reason })
  }

  async #watch(): Promise<void> {
    const { fanout, rotation } = this.#options
    for await (const { kind, size } of this.#file.changes()) {
      if (this.#stop.signal.aborted) return
      const before = this.#size
      this.#size = size
      switch (kind) {
        case 'grew':
          fanout.extend(this.#current.fd, size)
          break
        case 'truncated':
          this.#options.logger.info({ event: 'file.truncated', path: this.#file.path, from: before, size })
          // Without following the name, readers wait until the file is as long again, as in the original.
          if (rotation === 'follow') this.#cut(before)
          else fanout.extend(this.#current.fd, size)
          break
        case 'rotated':
          if (this.#options.admits && !(await this.#options.admits(this.#file.fd))) return
          this.#rotate()
          break
        case 'gone':
          this.#options.logger.info({ event: 'file.gone', path: this.#file.path, rotation })
          if (rotation === 'close') return
          break
      }
    }
    if (rotation === 'linger') await this.#linger()
  }

  /** Nobody tells any more what happens to a file without a name, but it may still be written to. */
  async #linger(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#options.clock.sleep(LINGER_POLL_MS, { signal: this.#stop.signal }).catch(() => {})
      if (!this.#stop.signal.aborted) this.#options.fanout.extend(this.#current.fd, sizeOf(this.#current.fd))
    }
  }

  #cut(before: number): void {
    const old = this.#current
    old.cutFrom = before
    this.#push(old.fd)
    this.#endGeneration(old, 0)
  }

  #rotate(): void {
    const old = this.#current
    this.#options.logger.info({ event: 'file.rotated', path: this.#file.path })
    this.#push(this.#file.fd)
    void this.#retire(old)
  }

  /** Writers move to the new file a moment after it has the name: until then the old one goes on. */
  async #retire(old: Generation): Promise<void> {
    const { clock, limits } = this.#options
    await clock.sleep(limits.rotationGraceMs, { signal: this.#stop.signal }).catch(() => {})
    this.#endGeneration(old, sizeOf(old.fd))
    this.#releaseOld()
  }

  #push(fd: number): void {
    this.#generations.push({ fd, end: undefined, cutFrom: undefined, readers: new Set() })
    if (this.#generations.length <= this.#options.limits.maxGenerations) return
    const [oldest] = this.#generations
    for (const { socket } of oldest?.readers ?? []) this.#options.onBehind(socket)
  }

  #endGeneration(generation: Generation, end: number): void {
    generation.end = end
    for (const { transfer } of generation.readers) transfer?.endAt(end)
    if (this.#draining && this.readers === 0) this.#wakeDrain?.()
  }

  /** Lets go of generations that nobody reads, oldest first: a reader of an older one still needs those after it. */
  #releaseOld(): void {
    while (this.#generations.length > 1) {
      const [oldest, next] = this.#generations
      if (!oldest || !next || oldest.end === undefined || oldest.readers.size > 0) return
      this.#generations.shift()
      if (oldest.fd === next.fd) continue
      const late = sizeOf(oldest.fd) - oldest.end
      if (late > 0) this.#lose(late, 'written after rotation')
      void this.#file.release?.(oldest.fd)
    }
  }
}

/** 0 when the descriptor is closed already. */
function sizeOf(fd: number): number {
  try {
    return fstatSync(fd).size
  } catch {
    return 0
  }
}
