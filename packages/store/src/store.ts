import { systemClock, silentLogger, type Clock, type Logger } from '@logflow/core'
import { lockFolder, type FolderLock } from '@logflow/folder-lock'
import { StoreError, writeError } from './errors.ts'
import type { EntryId } from './format/entry.ts'
import { streamFolder } from './format/names.ts'
import { DEFAULT_MAX_OPEN_SEGMENTS, DEFAULT_MAX_SEGMENT_AGE_MS, DEFAULT_MAX_SEGMENT_BYTES } from './limits.ts'
import { retainStreams, type Retained, type RetentionOptions } from './retention.ts'
import { listStreams, scanStreams, type ScanOptions } from './scan.ts'
import { createFolder } from './sync-folder.ts'
import type { StoredItem } from './stored-item.ts'
import { StreamWriter, type Appended, type StreamWriterOptions } from './stream-writer.ts'

/** Options of {@link openStore}. */
export interface StoreOptions {
  /** A segment is sealed when it has this size; one append may take it beyond. @defaultValue 64 MiB */
  readonly maxSegmentBytes?: number | undefined
  /** A segment is sealed at the first append after this time. @defaultValue 1 hour */
  readonly maxSegmentAgeMs?: number | undefined
  /** Files held open for writing. @defaultValue 256 */
  readonly maxOpenSegments?: number | undefined
  readonly logger?: Logger | undefined
  readonly clock?: Clock | undefined
}

/** One append. */
export interface Append {
  /** Who the bytes are from: any text of 1 to 80 bytes of UTF-8. */
  readonly stream: string
  readonly id: EntryId
  /** At most 64 MiB. Not to be written to until the append is decided. */
  readonly bytes: Uint8Array
}

/** Counters since the store was opened. */
export interface StoreStats {
  /** Appends made durable. */
  readonly appends: number
  /** Bytes of those appends, frames included. */
  readonly appendedBytes: number
  /** Appends answered as duplicates. */
  readonly duplicates: number
  /** Commits, one `fdatasync` each. */
  readonly syncs: number
  /** Appends rejected because the disk failed or is full. */
  readonly failures: number
  /** Bytes of unfinished appends that recovery cut. */
  readonly tornBytes: number
  /** Bytes that do not check, found by recovery. */
  readonly damagedBytes: number
}

/** Reads a store that another process may be writing. */
export interface StoreReader {
  /** Entries from the given positions on; with `follow` it waits for more. */
  scan(options?: ScanOptions): AsyncIterable<StoredItem>
  /** Names of all streams, sorted. */
  streams(): Promise<string[]>
}

/** A folder of streams. One process writes to it, any number read. */
export class Store implements StoreReader, AsyncDisposable {
  readonly folder: string
  readonly #lock: FolderLock
  readonly #options: StreamWriterOptions
  readonly #maxOpenSegments: number
  readonly #writers = new Map<string, Promise<StreamWriter>>()
  readonly #stats = {
    appends: 0,
    appendedBytes: 0,
    duplicates: 0,
    syncs: 0,
    failures: 0,
    tornBytes: 0,
    damagedBytes: 0,
  }
  #closing: Promise<void> | undefined

  private constructor(folder: string, lock: FolderLock, options: StoreOptions) {
    this.folder = folder
    this.#lock = lock
    this.#maxOpenSegments = options.maxOpenSegments ?? DEFAULT_MAX_OPEN_SEGMENTS
    this.#options = {
      maxSegmentBytes: options.maxSegmentBytes ?? DEFAULT_MAX_SEGMENT_BYTES,
      maxSegmentAgeMs: options.maxSegmentAgeMs ?? DEFAULT_MAX_SEGMENT_AGE_MS,
      clock: options.clock ?? systemClock,
      logger: options.logger ?? silentLogger,
      onCommit: ({ appends, bytes }) => {
        this.#stats.syncs++
        this.#stats.appends += appends
        this.#stats.appendedBytes += bytes
      },
    }
  }

  /** See {@link openStore}. */
  static async open(folder: string, options: StoreOptions = {}): Promise<Store> {
    await createFolder(folder).catch((cause: unknown) => {
      throw writeError(`cannot create the store ${folder}`, cause, { folder })
    })
    const lock = await lockFolder(folder, 'store')
    if (!lock) throw new StoreError('LF_STORE_LOCKED', `another process writes to ${folder}`, { detail: { folder } })
    const store = new Store(folder, lock, options)
    try {
      for (const stream of await listStreams(folder)) await store.#writer(stream)
      return store
    } catch (error) {
      await store.close()
      throw error
    }
  }

  /**
   * Resolves once the bytes are durable. The same id again resolves as a duplicate, as does a lower sequence of the
   * same epoch: a sender numbers its batches upwards and sends the next one after the one before was answered.
   *
   * @throws StoreError `LF_STORE_FULL`, `LF_STORE_WRITE` (nothing counts as stored, try again), `LF_STORE_STREAM`,
   * `LF_STORE_ENTRY`, `LF_STORE_CLOSED`
   */
  async append({ stream, id, bytes }: Append): Promise<Appended> {
    this.#checkOpen()
    try {
      const writer = await this.#writer(stream)
      const appended = await writer.append(id, bytes)
      if (appended.duplicate) this.#stats.duplicates++
      await this.#limitOpenSegments()
      return appended
    } catch (error) {
      if (error instanceof StoreError && error.retryable) this.#stats.failures++
      throw error
    }
  }

  scan(options?: ScanOptions): AsyncIterable<StoredItem> {
    this.#checkOpen()
    return scanStreams(this.folder, options)
  }

  streams(): Promise<string[]> {
    return listStreams(this.folder)
  }

  /** Ends the active segments, of one stream or of all; later appends start new ones. */
  async seal(stream?: string): Promise<void> {
    this.#checkOpen()
    const writers = stream === undefined ? [...this.#writers.values()] : [this.#writer(stream)]
    await Promise.all(writers.map(async writer => (await writer).seal()))
  }

  /** Removes old segments, whole ones and oldest first. A follower that had not read them gets a gap. */
  async retain(options: RetentionOptions): Promise<Retained> {
    this.#checkOpen()
    const writers = await Promise.all(this.#writers.values())
    return retainStreams(writers, { ...options, nowMs: this.#options.clock.now() })
  }

  /** A snapshot of the counters. */
  stats(): StoreStats {
    return { ...this.#stats }
  }

  /** Waits for appends in flight. */
  close(): Promise<void> {
    return (this.#closing ??= this.#closeAll())
  }
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #closeAll(): Promise<void> {
    // A stream that could not be opened has nothing to close.
    await Promise.all([...this.#writers.values()].map(writer => writer.then(w => w.close()).catch(() => {})))
    await this.#lock.close()
  }

  #checkOpen(): void {
    if (this.#closing) throw new StoreError('LF_STORE_CLOSED', `store ${this.folder} is closed`)
  }

  #writer(stream: string): Promise<StreamWriter> {
    const existing = this.#writers.get(stream)
    if (existing) {
      this.#writers.delete(stream) // used last, see #limitOpenSegments
      this.#writers.set(stream, existing)
      return existing
    }
    streamFolder(stream) // a bad name leaves no trace
    const opening = StreamWriter.open(this.folder, stream, {
      ...this.#options,
      onTorn: (tornBytes, damagedBytes) => {
        this.#stats.tornBytes += tornBytes
        this.#stats.damagedBytes += damagedBytes
      },
    }).catch((cause: unknown) => {
      this.#writers.delete(stream)
      throw cause instanceof StoreError ? cause : writeError(`cannot open stream ${stream}`, cause, { stream })
    })
    this.#writers.set(stream, opening)
    return opening
  }

  async #limitOpenSegments(): Promise<void> {
    if (this.#writers.size <= this.#maxOpenSegments) return
    const opened = (await Promise.all(this.#writers.values())).filter(writer => writer.opened)
    for (const writer of opened.slice(0, opened.length - this.#maxOpenSegments)) await writer.rest()
  }
}

/**
 * Opens a folder for appending, scanning and retention, and recovers what a killed process left: an unfinished append
 * is cut, counted in `stats().tornBytes` and logged.
 *
 * @throws StoreError `LF_STORE_LOCKED` when another process has it open, `LF_STORE_WRITE`, `LF_STORE_FULL`
 */
export function openStore(folder: string, options?: StoreOptions): Promise<Store> {
  return Store.open(folder, options)
}

/** Opens a folder for reading only; it may not exist yet, or be written by another process. */
export function openStoreReader(folder: string): StoreReader {
  return { scan: options => scanStreams(folder, options), streams: () => listStreams(folder) }
}
