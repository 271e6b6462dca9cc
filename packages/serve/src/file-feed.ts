import { fstatSync } from 'node:fs'
import type { Clock, Logger, ResumeToken } from '@logflow/core'
import { resolveStart } from '@logflow/protocol'
import type { Fanout } from '@logflow/sendfile-native'
import type { Client } from './client.ts'
import { chainEarlier } from './earlier-generations.ts'
import type { FeedHome, FeedReader } from './feed-reader.ts'
import { FramedReader } from './framed-reader.ts'
import { newGeneration, sizeOf, type Generation } from './generation.ts'
import type { GrowingFileLike } from './growing-file.ts'
import type { ResolvedLimits } from './limits.ts'
import { RawReader } from './raw-reader.ts'
import { watchStalls } from './stalls.ts'

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
  /** A reader is so many generations behind that the feed lets go of it, or has stood still for too long. */
  readonly onRefused: (client: Client, reason: 'behind' | 'stalled') => void
}

/** Counters of a feed. */
export interface FeedStats {
  readonly readers: number
  readonly framedReaders: number
  readonly fileBytes: number
  /** Of the reader that is farthest behind. Bytes of generations that it has not begun are not counted. */
  readonly farthestBehindBytes: number
  readonly rotations: number
  readonly lostBytes: number
}

const LINGER_POLL_MS = 1000
/** Between two looks at a file that grows while the engine notices by itself what there is to send: they cost it the core. */
const CALM_MS = 50

/** One growing file and everybody who reads it. Readers share nothing but the wake-up when the file has grown. */
export class FileFeed {
  /** Resolves when the name is gone (and the policy is to close), or `close` was called; rejects when watching fails. */
  readonly ended: Promise<void>
  readonly #file: GrowingFileLike
  readonly #options: FeedOptions
  readonly #home: FeedHome
  readonly #readers = new Set<FeedReader>()
  readonly #generations: Generation[]
  readonly #stop = new AbortController()
  #size: number
  #gone = false
  #draining = false
  #lostBytes = 0
  #rotations = 0
  #wakeDrain: (() => void) | undefined

  constructor(file: GrowingFileLike, options: FeedOptions) {
    this.#file = file
    this.#options = options
    this.#size = file.size
    this.#generations = [newGeneration(file.fd, file.source?.id)]
    this.#home = this.#createHome()
    this.ended = this.#watch()
    this.ended.catch(() => {}) // whoever awaits it still gets it
    const { clock, limits } = options
    void watchStalls(this.#readers, { limitMs: limits.stallTimeoutMs, clock, signal: this.#stop.signal }, reader => {
      options.onRefused(reader.client, 'stalled')
      reader.destroy()
    })
  }

  /** Descriptor of the file that is appended to now. */
  get fd(): number {
    return this.#current.fd
  }
  get readers(): number {
    return this.#readers.size
  }
  /** Bytes of cut or rotated files that a reader would have got and did not. */
  get lostBytes(): number {
    return this.#lostBytes
  }
  get #current(): Generation {
    return this.#generations.at(-1) as Generation
  }

  /** Walks over the readers: for a status page, not for a hot path. */
  stats(): FeedStats {
    let [farthestBehindBytes, framedReaders] = [0, 0]
    for (const reader of this.#readers) {
      const { end, fd } = reader.generation
      const behind = (end ?? (fd === this.#current.fd ? this.#size : sizeOf(fd))) - reader.offset
      farthestBehindBytes = Math.max(farthestBehindBytes, behind)
      if (reader instanceof FramedReader) framedReaders++
    }
    const { readers, lostBytes } = this
    return {
      readers,
      framedReaders,
      fileBytes: this.#size,
      farthestBehindBytes,
      rotations: this.#rotations,
      lostBytes,
    }
  }

  /** Starts to send. `asked` as in the header: negative counts from the end, `undefined` is the end. */
  add(client: Client, asked: number | undefined): void {
    const generation = this.#current
    const { size } = fstatSync(generation.fd)
    const offset = asked === undefined ? size : resolveStart(asked, size)
    new RawReader(client, { generation, offset }, this.#home)
  }

  /**
   * Starts a framed reply. Resolves with why not, for the client, when there is nothing to resume from. A token of a file
   * that was rotated away is found again as long as the file is there.
   */
  async resume(client: Client, from: ResumeToken | 'start' | 'end'): Promise<string | undefined> {
    if (!this.#file.since || !this.#file.tokenAt) return 'this server gives no resume tokens'
    if (typeof from === 'string') {
      const generation = this.#current
      const offset = from === 'start' ? 0 : fstatSync(generation.fd).size
      new FramedReader(client, { generation, offset }, this.#home)
      return undefined
    }
    const before = this.#current
    const earlier = await this.#file.since(from)
    if (!earlier) return 'what the token speaks of is gone: resume with start or end'
    // Rotated meanwhile: what was found may lack the file that was current then.
    if (before !== this.#current) {
      for (const file of earlier) void file.close()
      return this.resume(client, from)
    }
    if (client.socket.destroyed) for (const file of earlier) void file.close()
    else new FramedReader(client, { generation: chainEarlier(earlier, this.#current), offset: from.offset }, this.#home)
    return undefined
  }

  /** Sends every reader what is there, closes it, and resolves when all are gone or the time for it is over. */
  async close(): Promise<void> {
    this.#stop.abort()
    this.#draining = true
    const current = this.#current
    this.#endGeneration(current, sizeOf(current.fd))
    const { clock, limits, logger } = this.#options
    const late = new AbortController()
    const drained = new Promise<void>(resolve => (this.#wakeDrain = resolve))
    if (this.readers > 0)
      await Promise.race([drained, clock.sleep(limits.drainMs, { signal: late.signal }).catch(() => {})])
    late.abort()
    if (this.readers > 0) {
      const { farthestBehindBytes } = this.stats()
      logger.warn({ event: 'drain.timeout', path: this.#file.path, readers: this.readers, farthestBehindBytes })
    }
    for (const reader of this.#readers) reader.destroy()
  }

  #createHome(): FeedHome {
    const { fanout, limits, logger } = this.#options
    const { path } = this.#file
    const endReason = (): 'gone' | 'stopping' => (this.#gone ? 'gone' : 'stopping')
    return {
      fanout,
      limits,
      get endReason() {
        return endReason()
      },
      enter: (reader, generation) => {
        this.#readers.add(reader)
        generation.readers.add(reader)
      },
      leave: (reader, generation) => this.#leave(reader, generation),
      lose: (bytes, reason) => this.#lose(bytes, reason),
      failed: (err, offset) => logger.warn({ event: 'transfer.failed', path, offset, err }),
      tokenAt: async ({ fd, sourceId, cutFrom }, offset) =>
        sourceId === undefined || cutFrom !== undefined ? undefined : this.#file.tokenAt?.({ fd, sourceId, offset }),
    }
  }

  #leave(reader: FeedReader, generation: Generation): void {
    const gone = reader.generation === generation
    generation.readers.delete(reader)
    generation.onLeft?.(gone)
    if (gone) this.#readers.delete(reader)
    this.#releaseOld()
    if (this.readers > 0) return
    this.#wakeDrain?.()
    this.#options.onEmpty?.()
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
          if (!this.#announce(size)) await this.#pause(CALM_MS)
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
          this.#gone = true
          if (rotation === 'close') return
          break
      }
    }
    if (rotation === 'linger') await this.#linger()
  }

  /** Nobody tells any more what happens to a file without a name, but it may still be written to. */
  async #linger(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#pause(LINGER_POLL_MS)
      if (this.#stop.signal.aborted) return
      this.#announce(sizeOf(this.#current.fd))
    }
  }

  /** Tells everybody that the current file has `size` bytes. Whether anybody has to be told. */
  #announce(size: number): boolean {
    const { fd, readers } = this.#current
    this.#options.fanout.extend(fd, size)
    let needed = false
    for (const reader of readers) needed = reader.grew() || needed
    return needed
  }

  #pause(ms: number): Promise<void> {
    return this.#options.clock.sleep(ms, { signal: this.#stop.signal }).catch(() => {})
  }

  #cut(before: number): void {
    const old = this.#current
    old.cutFrom = before
    this.#push(old.fd)
    this.#endGeneration(old, 0)
    this.#options.fanout.extend(old.fd, this.#size)
  }

  #rotate(): void {
    const old = this.#current
    this.#options.logger.info({ event: 'file.rotated', path: this.#file.path })
    this.#push(this.#file.fd)
    void this.#retire(old)
  }

  /** Writers move to the new file a moment after it has the name: until then the old one goes on. */
  async #retire(old: Generation): Promise<void> {
    await this.#pause(this.#options.limits.rotationGraceMs)
    this.#endGeneration(old, sizeOf(old.fd))
    this.#releaseOld()
  }

  #push(fd: number): void {
    this.#rotations++
    const fresh = newGeneration(fd, this.#file.source?.id)
    this.#current.next = fresh
    this.#generations.push(fresh)
    if (this.#generations.length <= this.#options.limits.maxGenerations) return
    const [oldest] = this.#generations
    for (const reader of oldest?.readers ?? []) {
      this.#options.onRefused(reader.client, 'behind')
      reader.destroy()
    }
  }

  #endGeneration(generation: Generation, end: number): void {
    generation.end = end
    for (const reader of generation.readers) reader.endAt(end)
    if (this.#draining && this.readers === 0) this.#wakeDrain?.()
  }

  /** Lets go of generations that nobody reads, oldest first: a reader of an older one still needs those after it. */
  #releaseOld(): void {
    while (this.#generations.length > 1) {
      const [oldest, next] = this.#generations
      if (!oldest || !next || oldest.end === undefined || oldest.readers.size > 0 || oldest.awaited > 0) return
      this.#generations.shift()
      if (oldest.fd === next.fd) continue
      const late = sizeOf(oldest.fd) - oldest.end
      if (late > 0) this.#lose(late, 'written after rotation')
      void this.#file.release?.(oldest.fd)
    }
  }
}
