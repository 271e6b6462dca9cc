import type { Clock, Logger } from '@logflow/core'
import { unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { StoreError } from './errors.ts'
import { encodeEntryHead, type EntryId } from './format/entry.ts'
import { streamFolder } from './format/names.ts'
import type { SegmentHeader } from './format/segment-header.ts'
import type { LastSequences } from './last-sequences.ts'
import { MAX_COMMIT_APPENDS, MAX_COMMIT_BYTES } from './limits.ts'
import type { StorePosition } from './position.ts'
import { SegmentWriter } from './segment-writer.ts'
import { recoverStream } from './stream-recovery.ts'
import { createFolder } from './sync-folder.ts'

/** What a writer needs from its store. */
export interface StreamWriterOptions {
  readonly maxSegmentBytes: number
  readonly maxSegmentAgeMs: number
  readonly clock: Clock
  readonly logger: Logger
  /** Told after each commit. */
  readonly onCommit: (commit: { readonly appends: number; readonly bytes: number }) => void
}

/** What `append` resolves with. */
export interface Appended {
  /** Where the entry starts; for a duplicate the end of the stream, at or behind the first copy. */
  readonly position: StorePosition
  /** Whether the same id was durable before: nothing was written. */
  readonly duplicate: boolean
}

interface Waiting {
  readonly id: EntryId
  readonly parts: readonly [Uint8Array, Uint8Array]
  readonly resolve: (position: StorePosition) => void
  readonly reject: (error: unknown) => void
}

/**
 * The one writer of a stream. Appends that arrive during a commit wait and share the next one: one `writev`, one
 * `fdatasync`, no timer.
 *
 *     append ─► waiting ─► commit (writev, fdatasync) ─► resolved
 *                 ▲                 │ fails
 *                 └── the caller ◄──┴─ all of them and all who wait are rejected, the segment is given up
 */
export class StreamWriter implements AsyncDisposable {
  readonly stream: string
  readonly folder: string
  readonly #options: StreamWriterOptions
  readonly #sequences: LastSequences
  /** The last append of each epoch that is not decided yet. */
  readonly #pending = new Map<string, { readonly sequence: number; readonly done: Promise<StorePosition> }>()
  #newest: SegmentHeader['previous']
  #number: number
  #segment: SegmentWriter | undefined
  #waiting: Waiting[] = []
  #running: Promise<void> | undefined
  #closing: Promise<void> | undefined

  private constructor(stream: string, folder: string, init: StreamWriterInit) {
    this.stream = stream
    this.folder = folder
    this.#options = init.options
    this.#newest = init.newest
    this.#number = init.newest?.segment ?? 0
    this.#sequences = init.sequences
  }

  /** Recovers what an earlier process left. Counts are told once, through `onTorn`. */
  static async open(
    root: string,
    stream: string,
    options: StreamWriterOptions & { readonly onTorn: (tornBytes: number, damagedBytes: number) => void },
  ): Promise<StreamWriter> {
    const folder = join(root, streamFolder(stream))
    await createFolder(folder)
    const { newest, sequences, tornBytes, damagedBytes } = await recoverStream(folder, stream, options.logger)
    options.onTorn(tornBytes, damagedBytes)
    return new StreamWriter(stream, folder, { options, newest, sequences })
  }

  /** Whether nothing is written or waiting now. */
  get idle(): boolean {
    return this.#running === undefined
  }
  /** Whether a file handle is held. */
  get opened(): boolean {
    return this.#segment?.opened ?? false
  }
  /** Number of the segment that may still grow. */
  get activeSegment(): number | undefined {
    return this.#segment?.header.segment
  }
  get end(): StorePosition {
    if (this.#segment) return { segment: this.#segment.header.segment, offset: this.#segment.length }
    return this.#newest ? { segment: this.#newest.segment, offset: this.#newest.length } : { segment: 1, offset: 0 }
  }

  async append(id: EntryId, bytes: Uint8Array): Promise<Appended> {
    const head = encodeEntryHead({ id, bytes, receivedAtMs: this.#options.clock.now() })
    for (;;) {
      if (this.#closing) throw new StoreError('LF_STORE_CLOSED', `stream ${this.stream} is closed`)
      if (this.#sequences.has(id)) return { position: this.end, duplicate: true }
      const before = this.#pending.get(id.epoch)
      if (!before || before.sequence < id.sequence) break
      // The same bytes are on their way. Only when they arrive is this a duplicate; when they fail it is the first.
      await before.done.catch(() => {})
    }
    const done = new Promise<StorePosition>((resolve, reject) => {
      this.#waiting.push({ id, parts: [head, bytes], resolve, reject })
    })
    this.#pending.set(id.epoch, { sequence: id.sequence, done })
    this.#running ??= this.#commitAll()
    return { position: await done, duplicate: false }
  }

  /** Ends the active segment; the next append starts another. */
  async seal(): Promise<void> {
    while (this.#running) await this.#running
    await this.#leaveSegment()
  }

  /** An empty segment behind all others, so that retention can remove every entry and still know the sequences. */
  async restart(): Promise<void> {
    await this.seal()
    await this.#activeSegmentWriter()
    await this.#leaveSegment()
  }

  /** Gives the file handle back until the next append. */
  async rest(): Promise<void> {
    if (this.idle) await this.#segment?.rest()
  }

  /** Waits for what is in flight. */
  close(): Promise<void> {
    return (this.#closing ??= this.seal())
  }
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #commitAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#takeGroup()
      try {
        await this.#commit(group)
      } catch (error) {
        // Who waits behind a failed sequence must not overtake it: its sender would be told "duplicate" on the retry.
        const rejected = [...group, ...this.#waiting.splice(0)]
        this.#pending.clear()
        for (const append of rejected) append.reject(error)
      }
    }
    this.#running = undefined
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    const segment = await this.#activeSegmentWriter()
    let offset: number
    try {
      offset = await segment.append(group.flatMap(append => append.parts))
    } catch (error) {
      this.#options.logger.error({ event: 'append.failed', stream: this.stream, err: error }, 'segment is given up')
      await this.#giveUp(segment)
      throw error
    }
    const start = offset
    for (const { id, parts, resolve } of group) {
      this.#sequences.record(id)
      if (this.#pending.get(id.epoch)?.sequence === id.sequence) this.#pending.delete(id.epoch)
      resolve({ segment: segment.header.segment, offset })
      offset += parts[0].length + parts[1].length
    }
    this.#options.onCommit({ appends: group.length, bytes: offset - start })
  }

  #takeGroup(): Waiting[] {
    let bytes = 0
    let count = 0
    for (const { parts } of this.#waiting) {
      bytes += parts[1].length
      if (count > 0 && (bytes > MAX_COMMIT_BYTES || count >= MAX_COMMIT_APPENDS)) break
      count++
    }
    return this.#waiting.splice(0, count)
  }

  async #activeSegmentWriter(): Promise<SegmentWriter> {
    const { maxSegmentBytes, maxSegmentAgeMs, clock } = this.#options
    const current = this.#segment
    if (current) {
      const old = clock.now() - current.header.createdAtMs >= maxSegmentAgeMs
      if (!old && current.length < maxSegmentBytes) return current
      await this.#leaveSegment()
    }
    const header: SegmentHeader = {
      stream: this.stream,
      segment: ++this.#number,
      previous: this.#newest,
      createdAtMs: clock.now(),
      sequences: this.#sequences.list(),
    }
    return (this.#segment = await SegmentWriter.create(this.folder, header))
  }

  /** Without one good entry the file goes: a full disk is not to be filled with empty segments. */
  async #giveUp(segment: SegmentWriter): Promise<void> {
    const before = this.#newest
    const empty = segment.length === segment.start
    await this.#leaveSegment()
    if (!empty) return
    this.#newest = before
    await unlink(segment.path).catch(() => {}) // it is not in the chain of segments, so readers skip it
  }

  async #leaveSegment(): Promise<void> {
    const segment = this.#segment
    if (!segment) return
    this.#newest = { segment: segment.header.segment, length: segment.length }
    this.#segment = undefined
    await segment.close().catch(() => {}) // every acknowledged byte was synced before
  }
}

interface StreamWriterInit {
  readonly options: StreamWriterOptions
  readonly newest: SegmentHeader['previous']
  readonly sequences: LastSequences
}
