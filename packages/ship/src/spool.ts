import { mkdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Delivery } from '@logflow/core'
import { lockFolder, type FolderLock } from '@logflow/folder-lock'
import { encodeDelivery, type BatchId } from '@logflow/protocol'
import { decodeRecords, encodeBatch } from './batch.ts'
import { ShipError, spoolWriteError, systemCode } from './errors.ts'
import { MAX_COMMIT_RECORDS } from './limits.ts'
import { LossLedger } from './loss-ledger.ts'
import { encodeMark, type Mark, type Marks } from './marks.ts'
import { batchFile, readSpoolFile, SpoolFile, type SpoolRecord } from './spool-file.ts'
import { resolveSpoolOptions, type ResolvedSpoolOptions, type SpoolOptions } from './spool-options.ts'
import { recoverSpool, type ClosedBatch, type RecoveredSpool } from './spool-recovery.ts'

/** A batch to send: always the same bytes under the same id, over restarts too. */
export interface SpooledBatch {
  readonly id: BatchId
  /** Encoded deliveries, see `DeliveryDecoder` of `@logflow/protocol`. */
  readonly bytes: Uint8Array
}

/** A snapshot of a spool. */
export interface SpoolStats {
  /** Batches that wait, the growing one included. */
  readonly batches: number
  /** Bytes on disk. */
  readonly bytes: number
  /** Deliveries appended since it was opened. */
  readonly appended: number
  /** Batches acknowledged since it was opened. */
  readonly acknowledged: number
  /** Bytes and lines that overflow turned into gaps since it was opened. */
  readonly droppedBytes: number
  readonly droppedLines: number
  /** Events that overflow dropped. */
  readonly droppedEvents: number
  /** Bytes of unfinished appends found at open. */
  readonly tornBytes: number
}

interface Waiting {
  readonly record: SpoolRecord
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** The batch that still takes deliveries. */
interface Growing {
  readonly file: SpoolFile
  records: number
}

/**
 * The durable queue of a device. Each batch is one file; the oldest is the one in flight.
 *
 *     append ─► growing ─(size, or next())─► closed … closed ─► oldest = in flight ─(acknowledge)─► gone
 *                                              │ over maxBytes
 *                                              └─► its gaps, in its place (never the oldest)
 *
 * The last batch file is removed only after its successor exists, so a sequence is never used twice in an epoch.
 */
export class Spool implements AsyncDisposable {
  readonly folder: string
  readonly epoch: string
  readonly #lock: FolderLock
  readonly #options: ResolvedSpoolOptions
  readonly #closed: ClosedBatch[]
  readonly #marks: Marks
  readonly #counts = { appended: 0, acknowledged: 0, droppedBytes: 0, droppedLines: 0, droppedEvents: 0, tornBytes: 0 }
  #sequence: number
  #growing: Growing | undefined
  #waiting: Waiting[] = []
  #tail: Promise<unknown> = Promise.resolve() // whatever touches files runs one after another
  #closing: Promise<void> | undefined

  private constructor(folder: string, lock: FolderLock, init: SpoolInit) {
    this.folder = folder
    this.epoch = init.epoch
    this.#lock = lock
    this.#options = init.options
    this.#closed = init.closed
    this.#marks = init.marks
    this.#counts.tornBytes = init.tornBytes
    this.#sequence = (init.closed.at(-1)?.sequence ?? -1) + 1
  }

  /** See {@link openSpool}. */
  static async open(folder: string, options: SpoolOptions = {}): Promise<Spool> {
    const resolved = resolveSpoolOptions(options)
    await mkdir(folder, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
      throw spoolWriteError(`cannot create spool ${folder}`, cause)
    })
    const lock = await lockFolder(folder, 'spool')
    if (!lock)
      throw new ShipError('LF_SHIP_SPOOL_LOCKED', `another process writes to ${folder}`, { detail: { folder } })
    try {
      return new Spool(folder, lock, { options: resolved, ...(await recoverSpool(folder, resolved.logger)) })
    } catch (error) {
      await lock.close()
      throw error
    }
  }

  /**
   * Resolves once the delivery is in the spool (see {@link SpoolSync}); only then its source may forget it. Appends
   * that wait share a write and a sync. A `mark` becomes durable with the delivery, see {@link Spool.marks}.
   *
   * @throws ShipError `LF_SHIP_SPOOL_FULL`, `LF_SHIP_SPOOL_WRITE` (append it again), `LF_SHIP_CLOSED`; ProtocolError
   * `LF_PROTOCOL_UNENCODABLE` for a delivery over the limits
   */
  append(item: Delivery, { mark }: { readonly mark?: Mark | undefined } = {}): Promise<void> {
    if (this.#closing) return Promise.reject(new ShipError('LF_SHIP_CLOSED', `spool ${this.folder} is closed`))
    return new Promise((resolve, reject) => {
      encodeMark(mark) // one that is too long fails alone, not with those it shares a write with
      this.#waiting.push({ record: { delivery: encodeDelivery(item), mark }, resolve, reject })
      if (this.#waiting.length === 1) void this.#exclusive(() => this.#commit(this.#waiting.splice(0)))
    })
  }

  /** The oldest batch, the growing one when there is no other; `undefined` when the spool is empty. */
  next(): Promise<SpooledBatch | undefined> {
    return this.#exclusive(async () => {
      for (;;) {
        if (this.#closed.length === 0) await this.#closeGrowing()
        const oldest = this.#closed[0]
        if (!oldest) return undefined
        const { records, tornBytes } = await this.#read(oldest)
        if (tornBytes > 0) records.push(this.#tornEvent(oldest.sequence, tornBytes))
        if (records.length > 0)
          return { id: { epoch: this.epoch, sequence: oldest.sequence }, bytes: encodeBatch(records) }
        // Empty: it only keeps the sequence, until another batch does.
        if (this.#closed.length === 1 && !this.#growing) return undefined
        await unlink(this.#path(oldest.sequence))
        this.#closed.shift()
      }
    })
  }

  /** Whether batches wait that are as large as they get. */
  get backlog(): boolean {
    return this.#closed.length > 0
  }

  /** The receiver has the batch: it is removed. Any other than the oldest is a mistake of the caller. */
  acknowledge({ epoch, sequence }: BatchId): Promise<void> {
    return this.#exclusive(async () => {
      const oldest = this.#closed[0]
      if (epoch !== this.epoch || sequence !== oldest?.sequence)
        throw new RangeError(`batch ${epoch}/${sequence} is not the oldest`)
      if (this.#closed.length === 1 && !this.#growing) await this.#startGrowing()
      // Not synced: a removal that a power failure undoes is one more duplicate for the receiver.
      await unlink(this.#path(sequence)).catch((error: unknown) => {
        if (systemCode(error) !== 'ENOENT') throw error
      })
      this.#closed.shift()
      this.#counts.acknowledged++
    })
  }

  /**
   * The last mark of each key that was appended, of the 16 keys used last: where a producer goes on when a crash came
   * between its append and its own note of it.
   */
  marks(): readonly Mark[] {
    return [...this.#marks]
  }

  /** A snapshot. */
  stats(): SpoolStats {
    const growing = this.#growing && this.#growing.records > 0 ? 1 : 0
    return { ...this.#counts, batches: this.#closed.length + growing, bytes: this.#bytes() }
  }

  /** Waits for appends in flight. What is spooled stays. */
  close(): Promise<void> {
    return (this.#closing ??= this.#exclusive(async () => {
      const growing = this.#growing
      this.#growing = undefined
      try {
        await growing?.file.sync()
      } finally {
        await growing?.file.close()
        await this.#lock.close()
      }
    }))
  }
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(work)
    this.#tail = result.catch(() => {}) // whoever asked is told
    return result
  }

  async #commit(waiting: readonly Waiting[]): Promise<void> {
    let group = waiting
    try {
      while (group.length > 0) {
        const written = await this.#writeRun(group)
        for (const { resolve } of group.slice(0, written)) resolve()
        group = group.slice(written)
        this.#counts.appended += written
      }
    } catch (error) {
      this.#options.logger.error({ event: 'spool.write-failed', folder: this.folder, err: error })
      for (const { reject } of group) reject(error)
    }
    try {
      while (this.#bytes() > this.#options.maxBytes && (await this.#dropOldest()));
    } catch (error) {
      this.#options.logger.error({ event: 'spool.drop-failed', folder: this.folder, err: error })
    }
  }

  /** As many as fit into the growing batch, at least one. */
  async #writeRun(group: readonly Waiting[]): Promise<number> {
    if (this.#growing && this.#growing.file.length >= this.#options.maxBatchBytes) await this.#closeGrowing()
    const growing = this.#growing ?? (await this.#startGrowing())
    const start = growing.file.length
    const records: SpoolRecord[] = []
    let bytes = start
    for (const { record } of group) {
      if (bytes >= this.#options.maxBatchBytes || records.length >= MAX_COMMIT_RECORDS) break
      records.push(record)
      bytes += record.delivery.length
    }
    try {
      await growing.file.append(records)
      if (this.#options.sync === 'always') await growing.file.sync()
    } catch (error) {
      // What was there before counts; nothing more is appended to this file.
      await growing.file.cut(start)
      this.#growing = undefined
      this.#closed.push({ sequence: growing.file.sequence, bytes: growing.file.length })
      await growing.file.close().catch(() => {})
      throw error
    }
    growing.records += records.length
    for (const { mark } of records) if (mark) this.#marks.set(mark)
    return records.length
  }

  async #startGrowing(): Promise<Growing> {
    const file = await SpoolFile.create(this.folder, {
      ...{ epoch: this.epoch, sequence: this.#sequence, marks: this.#marks },
    })
    this.#sequence++
    return (this.#growing = { file, records: 0 })
  }

  /** Durable before it may be sent: the receiver must never know more of a batch than the spool will. */
  async #closeGrowing(): Promise<void> {
    const growing = this.#growing
    if (!growing || growing.records === 0) return
    await growing.file.sync()
    this.#growing = undefined
    this.#closed.push({ sequence: growing.file.sequence, bytes: growing.file.length })
    await growing.file.close()
  }

  /** The second oldest becomes its gaps, together with the one before it when that is gaps already. */
  async #dropOldest(): Promise<boolean> {
    const [, first, second] = this.#closed
    if (!first) return false
    const ledger = new LossLedger()
    const target = (await this.#fold(first, ledger)) ? first : second
    if (!target) return false
    if (target === second) await this.#fold(second, ledger)
    const records = ledger.gaps().map(gap => ({ delivery: encodeDelivery(gap) }))
    const file = await SpoolFile.create(this.folder, {
      ...{ epoch: this.epoch, sequence: target.sequence, marks: this.#marks, records },
    })
    await file.close()
    target.bytes = file.length
    if (target === second) {
      await unlink(this.#path(first.sequence))
      this.#closed.splice(1, 1)
    }
    this.#counts.droppedBytes += ledger.droppedBytes
    this.#counts.droppedLines += ledger.droppedLines
    this.#counts.droppedEvents += ledger.droppedEvents
    const { droppedBytes, droppedLines } = ledger
    this.#options.logger.warn({ event: 'spool.overflowed', batch: target.sequence, droppedBytes, droppedLines })
    return true
  }

  /** Takes a batch into the ledger. Whether anything in it was not a gap yet. */
  async #fold(batch: ClosedBatch, ledger: LossLedger): Promise<boolean> {
    const { records } = await this.#read(batch)
    let fresh = false
    for (const item of decodeRecords(records)) {
      fresh ||= item.kind !== 'gap'
      ledger.drop(item)
    }
    return fresh
  }

  /** A file that is gone or broken counts as torn as a whole: it must not stop what is behind it. */
  async #read({
    sequence,
    bytes,
  }: ClosedBatch): Promise<{ readonly records: Uint8Array[]; readonly tornBytes: number }> {
    try {
      const { records, tornBytes } = await readSpoolFile(this.#path(sequence))
      return { records: records.map(({ delivery }) => delivery), tornBytes }
    } catch (error) {
      const code = systemCode((error as Error).cause)
      if (code !== undefined && code !== 'EIO' && code !== 'ENOENT') throw error
      this.#options.logger.error({ event: 'batch.lost', folder: this.folder, batch: sequence, bytes, err: error })
      return { records: [], tornBytes: bytes }
    }
  }

  /** What a crash or the disk took from a batch travels with it. */
  #tornEvent(sequence: number, tornBytes: number): Uint8Array {
    const source = { host: '', path: 'spool:', id: `spool.${this.epoch}` }
    return encodeDelivery({ kind: 'event', source, event: 'failed', detail: { sequence, tornBytes } })
  }

  #bytes(): number {
    return this.#closed.reduce((sum, { bytes }) => sum + bytes, this.#growing?.file.length ?? 0)
  }

  #path(sequence: number): string {
    return join(this.folder, batchFile(sequence))
  }
}

/**
 * Opens the spool in `folder`, or makes it. What was spooled before goes on under the same ids.
 *
 * @throws ShipError `LF_SHIP_SPOOL_LOCKED` when another process has it open, `LF_SHIP_SPOOL_READ`, `LF_SHIP_SPOOL_WRITE`
 */
export function openSpool(folder: string, options?: SpoolOptions): Promise<Spool> {
  return Spool.open(folder, options)
}

interface SpoolInit extends RecoveredSpool {
  readonly options: ResolvedSpoolOptions
}
