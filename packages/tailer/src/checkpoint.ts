import { open, readFile, rename, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Source } from '@logflow/core'
import {
  CHECKPOINT_HEADER,
  decodeCheckpointLog,
  encodeCheckpointRecord,
  type CheckpointEntry,
} from './checkpoint-log.ts'
import { isMissing, TailerError } from './errors.ts'

/** The log is written anew when it is this long and four times what its live entries need. */
const COMPACT_BYTES = 256 * 1024
/** Deliveries of one source that may wait for their acknowledgement and still keep their proof. */
const MAX_NOTES = 4096

/**
 * Opens the checkpoint file at `path`, or makes it. What a crash tore off or damaged is cut out and counted in
 * {@link Checkpoint.damagedRecords}; nothing makes it unusable. One process at a time may have it open.
 *
 * @throws TailerError `LF_TAILER_CHECKPOINT` when the file cannot be read or written
 */
export async function openCheckpoint(path: string): Promise<Checkpoint> {
  return Checkpoint.open(path)
}

/** The durable "resume here" of every source, in one append-only file. */
export class Checkpoint implements AsyncDisposable {
  /** Where it is kept. */
  readonly path: string
  /** Records that could not be read when it was opened; their sources go on from an earlier record, or anew. */
  readonly damagedRecords: number
  readonly #entries: Map<string, CheckpointEntry>
  readonly #notes = new Map<string, Map<number, string>>()
  #file: FileHandle
  #fileBytes: number
  #waiting = new Map<string, CheckpointEntry | undefined>()
  #flushing: Promise<void> | undefined
  #next: Promise<void> | undefined
  #closing: Promise<void> | undefined

  private constructor(path: string, file: FileHandle, log: ReturnType<typeof decodeCheckpointLog>) {
    this.path = path
    this.damagedRecords = log.damaged
    this.#entries = log.entries
    this.#file = file
    this.#fileBytes = log.validBytes
  }

  /** See {@link openCheckpoint}. */
  static async open(path: string): Promise<Checkpoint> {
    try {
      const log = decodeCheckpointLog(await contents(path))
      const file = await open(path, 'a')
      try {
        await file.truncate(log.validBytes)
        const checkpoint = new Checkpoint(path, file, log)
        if (log.validBytes === 0) await checkpoint.#append(Buffer.from(CHECKPOINT_HEADER))
        return checkpoint
      } catch (error) {
        await file.close()
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

  /** Every source that was acknowledged and not forgotten, in the order of their first acknowledgement. */
  entries(): CheckpointEntry[] {
    return [...this.#entries.values()]
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

  /**
   * Everything of `source` before `offset` was dealt with for good. Resolves when that is durable; calls that come
   * while a write is under way share the next one.
   *
   * @throws TailerError `LF_TAILER_CHECKPOINT` when it cannot be written, `LF_TAILER_CLOSED`
   */
  acknowledge({ id, host, path }: Source, offset: number): Promise<void> {
    if (this.#closing) return Promise.reject(new TailerError('LF_TAILER_CLOSED', 'checkpoint is closed'))
    const tailHash = this.#settleNotes(id, offset)
    this.#set(id, { sourceId: id, host, path, offset, tailHash, atMs: Date.now() })
    return this.#flush()
  }

  /** Drops what is known of a source, so that it would be read anew. Resolves when that is durable. */
  forget(sourceId: string): Promise<void> {
    if (this.#closing) return Promise.reject(new TailerError('LF_TAILER_CLOSED', 'checkpoint is closed'))
    this.#notes.delete(sourceId)
    if (!this.#entries.has(sourceId)) return Promise.resolve()
    this.#set(sourceId, undefined)
    return this.#flush()
  }

  /** Waits for what is being written. Every call returns the same promise. */
  close(): Promise<void> {
    return (this.#closing ??= this.#settled().then(() => this.#file.close()))
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

  #set(sourceId: string, entry: CheckpointEntry | undefined): void {
    if (entry) this.#entries.set(sourceId, entry)
    else this.#entries.delete(sourceId)
    this.#waiting.set(sourceId, entry)
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
    const records = [...this.#waiting].map(([sourceId, entry]) => encodeCheckpointRecord(entry ?? { sourceId }))
    this.#waiting = new Map()
    try {
      await this.#append(Buffer.concat(records))
      if (this.#fileBytes >= COMPACT_BYTES) await this.#compact()
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
    await this.#file.appendFile(bytes)
    await this.#file.datasync()
    this.#fileBytes += bytes.length
  }

  /** Writes only what lives to a new file and puts it in place: a crash leaves the old one or the new one, whole. */
  async #compact(): Promise<void> {
    const live = Buffer.concat([Buffer.from(CHECKPOINT_HEADER), ...this.entries().map(encodeCheckpointRecord)])
    if (live.length * 4 > this.#fileBytes) return
    const next = await open(`${this.path}.new`, 'w')
    try {
      await next.writeFile(live)
      await next.sync()
      await rename(`${this.path}.new`, this.path)
      await syncDirectory(dirname(this.path))
    } catch (error) {
      await next.close()
      throw error
    }
    const old = this.#file
    this.#file = next
    this.#fileBytes = live.length
    await old.close()
  }

  async #settled(): Promise<void> {
    // A failed write was told to whoever asked for it.
    for (let pending = this.#flushing; pending; pending = this.#flushing) await pending.catch(() => {})
  }
}

async function contents(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (error) {
    if (isMissing(error)) return new Uint8Array(0)
    throw error
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
