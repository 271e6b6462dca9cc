import type { ResumeToken, Source } from '@logflow/core'
import { CheckpointEntries } from './checkpoint-entries.ts'
import {
  CHECKPOINT_HEADER,
  decodeCheckpointLog,
  encodeCheckpointRecord,
  type CheckpointEntry,
} from './checkpoint-log.ts'
import { openCheckpointFile, type CheckpointStorage } from './checkpoint-storage.ts'
import { TailerError } from '../errors.ts'
import type { FileIdentity } from '../identity/identity.ts'
import { KnownFiles } from './known-files.ts'
import { PendingBytes } from './pending-bytes.ts'
import { isFifoSource } from '../streams/stream-ids.ts'

/** The log is written anew when it is this long and four times what its live entries need. */
const COMPACT_BYTES = 256 * 1024
/** Deliveries of one source that may wait for their acknowledgement and still keep their proof. */
const MAX_NOTES = 4096
/** Sources that wait for their first acknowledgement, at most. */
const MAX_DESCRIBED = 200_000

/**
 * Opens the checkpoint file at `path`, or makes it; or what another storage keeps. What a crash tore off or damaged is cut out and counted in
 * {@link Checkpoint.damagedRecords}; nothing makes it unusable. One process at a time may have it open.
 *
 * @throws TailerError `LF_TAILER_CHECKPOINT` when the file cannot be read or written
 */
export async function openCheckpoint(place: string | CheckpointStorage): Promise<Checkpoint> {
  return Checkpoint.open(place)
}

/** The durable "resume here" of every source, in one append-only file. */
export class Checkpoint implements AsyncDisposable {
  /** Where it is kept. */
  readonly path: string
  /** Records that could not be read when it was opened; their sources go on from an earlier record, or anew. */
  readonly damagedRecords: number
  readonly #entries: CheckpointEntries
  #files: KnownFiles | undefined
  /** Where sources ended, and since when they are rotated away. */
  readonly #complete = new Map<string, { readonly offset: number; readonly rotatedMs: number | undefined }>()
  readonly #beside = new Map<string, string>()
  readonly #notes = new Map<string, Map<number, string>>()
  readonly #storage: CheckpointStorage
  #fileBytes: number
  /** Whether the last write failed, and may have left a part of what was to be written. */
  #torn = false
  /** Not worth asking before whether the log can be made shorter. */
  #compactBytes = COMPACT_BYTES
  /** Sources whose state, or that nothing is known of them any more, is to be written, in that order. */
  #waiting = new Set<string>()
  /** Records of sources that were begun: as such, since thousands of ids would be copied by every collection. */
  readonly #begun = new PendingBytes()
  /** Whether {@link Checkpoint.begin} was called since the last {@link Checkpoint.begun}. */
  #hasBegun = false
  #flushing: Promise<void> | undefined
  #next: Promise<void> | undefined
  #closing: Promise<void> | undefined

  private constructor(storage: CheckpointStorage, log: ReturnType<typeof decodeCheckpointLog>) {
    this.path = storage.path
    this.damagedRecords = log.damaged
    this.#entries = new CheckpointEntries(log.entries.values(), Date.now())
    this.#storage = storage
    this.#fileBytes = log.validBytes
  }

  /** See {@link openCheckpoint}. */
  static async open(place: string | CheckpointStorage): Promise<Checkpoint> {
    const path = typeof place === 'string' ? place : place.path
    try {
      const storage = typeof place === 'string' ? await openCheckpointFile(place) : place
      try {
        const log = decodeCheckpointLog(await storage.load())
        await storage.truncate(log.validBytes)
        const checkpoint = new Checkpoint(storage, log)
        if (log.validBytes === 0) await checkpoint.#append(Buffer.from(CHECKPOINT_HEADER))
        return checkpoint
      } catch (error) {
        await storage.close()
        throw error
      }
    } catch (cause) {
      throw new TailerError('LF_TAILER_CHECKPOINT', `cannot open checkpoint ${path}`, { cause, detail: { path } })
    }
  }

  /** How far this source was acknowledged. */
  load(sourceId: string): CheckpointEntry | undefined {
    return this.#entries.get(sourceId)
  }

  /**
   * Every source that was acknowledged and not forgotten, in the order of their last acknowledgement. Forgotten are all
   * but the last 32 of a path, and, when the file is opened, what was complete 30 days ago.
   */
  entries(): CheckpointEntry[] {
    return [...this.#entries.values()]
  }

  /** How many sources were acknowledged and not forgotten. */
  get size(): number {
    return this.#entries.size
  }

  /** Whether there are entries of a path, of this host or another one. */
  knows(path: string): boolean {
    return this.#entries.knows(path)
  }

  /** As {@link Checkpoint.entries}, those of one path. */
  entriesOf(host: string, path: string): CheckpointEntry[] {
    return this.#entries.of(host, path)
  }

  /** As {@link Checkpoint.entries}, those of one file, whatever its path was, as of the first time that this is asked. */
  entriesOfFile(file: Pick<FileIdentity, 'inodeKey' | 'birthNs'>): CheckpointEntry[] {
    this.#files ??= new KnownFiles(this.#entries.ids())
    return this.#files.idsOf(file).flatMap(id => this.#entries.get(id) ?? [])
  }

  /**
   * Remembers the proof of a delivery that ends at `offset`, until that offset or a later one is acknowledged.
   * {@link follow} calls this; whoever only consumes does not.
   */
  note(sourceId: string, offset: number, tailHash: string): void {
    let notes = this.#notes.get(sourceId)
    if (!notes) this.#notes.set(sourceId, (notes = new Map<number, string>()))
    notes.set(offset, tailHash)
    if (notes.size > MAX_NOTES) notes.delete(notes.keys().next().value as number)
  }

  /** Remembers what lay beside a source when it was opened. {@link follow} calls this. */
  describe(sourceId: string, beside: string): void {
    this.#beside.delete(sourceId)
    if (this.#entries.get(sourceId)?.beside === beside) return
    this.#beside.set(sourceId, beside)
    if (this.#beside.size > MAX_DESCRIBED) this.#beside.delete(this.#beside.keys().next().value as string)
  }

  /**
   * A source ended at `offset`: once that is acknowledged nothing of it is missing. With `rotatedMs`, ms since 1970, late
   * lines may follow, as it was rotated away then; whoever goes on looks for these. {@link follow} calls this.
   */
  complete(sourceId: string, offset: number, rotatedMs?: number): void {
    this.#complete.set(sourceId, { offset, rotatedMs })
    if (this.#complete.size > MAX_DESCRIBED) this.#complete.delete(this.#complete.keys().next().value as string)
    const entry = this.#entries.get(sourceId)
    if (this.#closing || entry?.offset !== offset) return
    if (entry.complete && entry.rotatedMs === rotatedMs) return
    this.#entries.complete(sourceId, rotatedMs)
    this.#wait(sourceId)
    // Should it fail, whoever acknowledges next is told; without it a message too much is all that comes.
    this.#flush().catch(() => {})
  }

  /**
   * Everything of `source` before `offset` was dealt with for good. Resolves when that is durable; calls that come
   * while a write is under way share the next one. Of a fifo nothing is kept: nobody can go back in it.
   *
   * @throws TailerError `LF_TAILER_CHECKPOINT` when it cannot be written, `LF_TAILER_CLOSED`
   */
  acknowledge(source: Source, offset: number): Promise<void> {
    if (this.#closing) return rejectedAsClosed()
    if (isFifoSource(source)) return Promise.resolve()
    this.#keep(source, offset, this.#settleNotes(source.id, offset))
    this.#wait(source.id)
    return this.#flush()
  }

  /**
   * A source is read from here on. Writes nothing yet: thousands that are begun together share a few writes.
   * {@link follow} calls this, and waits for {@link Checkpoint.begun} before it delivers anything.
   */
  begin(source: Source, { offset, tailHash }: ResumeToken): void {
    this.#hasBegun = true
    if (this.#closing) return
    this.#begun.add(encodeCheckpointRecord(this.#keep(source, offset, tailHash)))
  }

  /**
   * Resolves when everything that was begun is durable. A failure is told once.
   *
   * @throws TailerError `LF_TAILER_CHECKPOINT`, `LF_TAILER_CLOSED`
   */
  begun(): Promise<void> {
    if (!this.#hasBegun) return Promise.resolve()
    this.#hasBegun = false
    return this.#closing ? rejectedAsClosed() : this.#flush()
  }

  /** Drops what is known of a source, so that it would be read anew. Resolves when that is durable. */
  forget(sourceId: string): Promise<void> {
    if (this.#closing) return rejectedAsClosed()
    this.#notes.delete(sourceId)
    if (!this.#entries.get(sourceId)) return Promise.resolve()
    this.#entries.delete(sourceId)
    this.#wait(sourceId)
    return this.#flush()
  }

  /** Waits for what is being written, and what was begun. Every call returns the same promise. */
  close(): Promise<void> {
    return (this.#closing ??= this.#settled().then(() => this.#storage.close()))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** The proof of `offset`, and no notes up to it any more. */
  #settleNotes(sourceId: string, offset: number): string {
    const notes = this.#notes.get(sourceId)
    if (!notes) return ''
    const tailHash = notes.get(offset) ?? ''
    for (const noted of notes.keys()) if (noted <= offset) notes.delete(noted)
    if (notes.size === 0) this.#notes.delete(sourceId)
    return tailHash
  }

  #keep({ id, host, path }: Source, offset: number, tailHash: string): CheckpointEntry {
    const beside = this.#beside.get(id) ?? this.#entries.get(id)?.beside
    this.#beside.delete(id) // the entry has it from now on
    const end = this.#complete.get(id)
    const ended = end?.offset === offset && { complete: true, rotatedMs: end.rotatedMs }
    const entry = { sourceId: id, host, path, offset, tailHash, atMs: Date.now(), beside, ...ended }
    const forgotten = this.#entries.setLast(entry)
    if (forgotten !== undefined) this.#wait(forgotten)
    return entry
  }

  /** The last to be acknowledged is the last in order, among the entries and in the log. */
  #wait(sourceId: string): void {
    this.#waiting.delete(sourceId)
    this.#waiting.add(sourceId)
  }

  /** One write at a time; whoever comes meanwhile waits for the one after it. */
  #flush(): Promise<void> {
    if (!this.#flushing) return (this.#flushing = this.#write())
    return (this.#next ??= this.#flushing.then(
      () => this.#startNext(),
      () => this.#startNext(),
    ))
  }

  #startNext(): Promise<void> {
    this.#next = undefined
    return (this.#flushing = this.#write())
  }

  async #write(): Promise<void> {
    const changed = [...this.#waiting].map(sourceId => encodeCheckpointRecord(this.load(sourceId) ?? { sourceId }))
    // What was begun and has changed since is read from the last of its records.
    const records = [this.#begun.take(), ...changed]
    this.#waiting = new Set()
    try {
      await this.#append(Buffer.concat(records))
      if (this.#fileBytes >= this.#compactBytes) await this.#compact()
    } catch (cause) {
      throw new TailerError('LF_TAILER_CHECKPOINT', `cannot write checkpoint ${this.path}`, {
        cause,
        detail: { path: this.path },
      })
    } finally {
      if (!this.#next) this.#flushing = undefined
    }
  }

  async #append(bytes: Uint8Array): Promise<void> {
    // What a full disk took of a record would spoil the one that comes after it.
    if (this.#torn) await this.#storage.truncate(this.#fileBytes)
    this.#torn = true
    await this.#storage.append(bytes)
    this.#torn = false
    this.#fileBytes += bytes.length
  }

  /** Keeps only what lives. */
  async #compact(): Promise<void> {
    // As they are packed they take no more than written down: of a log that only grew nothing has to be encoded.
    this.#compactBytes = Math.max(COMPACT_BYTES, this.#entries.bytes * 4)
    if (this.#compactBytes > this.#fileBytes) return
    const live = Buffer.concat([Buffer.from(CHECKPOINT_HEADER), ...this.entries().map(encodeCheckpointRecord)])
    this.#compactBytes = Math.max(COMPACT_BYTES, live.length * 4)
    if (this.#compactBytes > this.#fileBytes) return
    await this.#storage.replace(live)
    this.#fileBytes = live.length
  }

  async #settled(): Promise<void> {
    // A failed write was told to whoever asked for it.
    if (this.#hasBegun) await this.#flush().catch(() => {})
    for (let pending = this.#flushing; pending; pending = this.#flushing) await pending.catch(() => {})
  }
}

function rejectedAsClosed(): Promise<never> {
  return Promise.reject(new TailerError('LF_TAILER_CLOSED', 'checkpoint is closed'))
}
