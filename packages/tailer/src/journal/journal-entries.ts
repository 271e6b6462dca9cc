import { lineAt, type Delivery, type LineBatch, type Source } from '@logflow/core'
import { failedEvent } from '../events.ts'
import { LineCutter } from '../lines/line-cutter.ts'
import type { ResolvedFollowOptions } from '../options.ts'
import { cursorOf, formatCursor, isSameEntry, parseCursor } from './cursor.ts'

const NEWLINE = 10

/** The entries of one journal as batches, across the runs of `journalctl` that wrote them. */
export class JournalEntries {
  readonly #source: Source
  readonly #options: ResolvedFollowOptions
  readonly #cutter: LineCutter
  /** Of the last entry that was delivered whole; the next run begins with it. */
  cursor: string | undefined
  /** What has come of the first entry of a run, as long as it is not whole. */
  #first: Uint8Array[] | undefined
  #proves = false
  /** Whether the checkpoint knows it. */
  readonly resumed: boolean

  /** Goes on where the checkpoint says. */
  constructor(source: Source, options: ResolvedFollowOptions) {
    this.#source = source
    this.#options = options
    this.#cutter = new LineCutter({ source, offset: 0, maxLineBytes: options.maxLineBytes })
    const entry = options.checkpoint?.load(source.id)
    this.resumed = entry !== undefined
    if (!entry) return
    this.cursor = parseCursor(entry.tailHash)
    this.#cutter.skipTo(entry.offset)
  }

  get offset(): number {
    return this.#cutter.offset
  }

  /** A new run; what is held of an entry comes again. `proves`: one that lacks the entry at the cursor tells a loss. */
  begin({ proves }: { readonly proves: boolean }): void {
    this.#cutter.skipTo(this.#cutter.offset)
    this.#first = this.cursor === undefined ? undefined : []
    this.#proves = proves
  }

  /** Whole entries. The one at the cursor was delivered before. */
  *push(chunk: Uint8Array): Generator<Delivery, void, undefined> {
    const end = this.#first ? chunk.indexOf(NEWLINE) + 1 : 0
    this.#first?.push(end === 0 ? chunk : chunk.subarray(0, end))
    if (this.#first && end === 0) return
    const rest = chunk.subarray(end)
    const fresh = this.#first ? Buffer.concat([...this.#newFirst(), rest]) : rest
    if (this.#first && fresh.length > rest.length) yield* this.end()
    this.#first = undefined
    const buffer = new Uint8Array(fresh.buffer, fresh.byteOffset, fresh.byteLength)
    const batch = buffer.length > 0 ? this.#cutter.push({ buffer, from: 0, to: buffer.length })?.batch : undefined
    if (!batch) return
    this.#note(batch)
    yield batch
  }

  /** The run is over. That the entry at the cursor was not in it is told. */
  *end(): Generator<Delivery, void, undefined> {
    if (!this.#first || !this.#proves) return
    const message = 'the journal does not hold the last entry that was read; others may have been removed with it'
    yield failedEvent(this.#source, { code: 'LF_TAILER_JOURNAL', message, offset: this.offset })
  }

  /** The first entry of a run, unless it is the one at the cursor. */
  #newFirst(): readonly Uint8Array[] {
    const line = Buffer.concat(this.#first ?? [])
    const cursor = cursorOf(line)
    const known = cursor !== undefined && this.cursor !== undefined && isSameEntry(cursor, this.cursor)
    return known ? [] : [line]
  }

  /** An entry that comes in pieces is delivered again, as a whole, to whoever goes on in it. */
  #note(batch: LineBatch): void {
    this.cursor = cursorOf(lineAt(batch, batch.ends.length - 1)) ?? this.cursor
    if (this.cursor === undefined) return
    this.#options.checkpoint?.note(batch.source.id, this.offset, formatCursor(this.cursor))
  }
}
