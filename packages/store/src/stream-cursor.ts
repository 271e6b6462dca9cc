import type { SegmentHeader } from './format/segment-header.ts'
import type { StorePosition } from './position.ts'
import { listSegments, SegmentReader, type EntryRun } from './segment-reader.ts'
import type { StoredItem, StoreGapReason } from './stored-item.ts'

/** What one call of {@link StreamCursor.read} found. */
export interface CursorRead {
  readonly items: readonly StoredItem[]
  /** Nothing more is there now. */
  readonly atEnd: boolean
}

interface NextSegment {
  readonly reader: SegmentReader
  readonly segment: number
  /** `undefined` when the header does not check. */
  readonly header: SegmentHeader | undefined
  /** Where its entries begin. */
  readonly start: number
  /** No other segment follows it. */
  readonly newest: boolean
}

/**
 * Reads one stream from a position, through all its segments. Opens a file for one read only, so that many streams
 * cost no descriptors. A segment's end is what the next segment's header says; bytes behind it are not entries.
 */
export class StreamCursor {
  readonly stream: string
  readonly folder: string
  #position: StorePosition | undefined

  constructor(folder: string, stream: string, from: StorePosition | undefined) {
    this.stream = stream
    this.folder = folder
    this.#position = from
  }

  /** The next run of items, about 1 MiB. `settled`: nobody is writing, so an entry that does not check is a gap. */
  async read({ settled }: { readonly settled: boolean }): Promise<CursorRead> {
    for (;;) {
      const next = await this.#nextSegment()
      const moved = this.#position && (await this.#readHere(this.#position, next))
      if (moved) return moved
      if (!next) return this.#readTail(settled)
      // An empty newest segment may still be given up by its writer: the position stays where entries are.
      if (next.newest && next.header && (await next.reader.size()) === next.start) return { items: [], atEnd: true }
      const gap = await this.#enter(next)
      if (gap) return { items: [gap], atEnd: false }
    }
  }

  /** Entries of the current segment, or `undefined` when it is read to its end. */
  async #readHere(position: StorePosition, next: NextSegment | undefined): Promise<CursorRead | undefined> {
    const previous = next?.header?.previous
    const limit = previous && previous.segment === position.segment ? previous.length : undefined
    const run = await new SegmentReader(this.folder, position.segment).read(position.offset, limit)
    if (!run || run.entries.length === 0) return undefined
    return { items: this.#take(run, position.segment), atEnd: false }
  }

  /** No segment follows: wait, unless what is there will never become an entry. */
  async #readTail(settled: boolean): Promise<CursorRead> {
    const position = this.#position
    if (!position || !settled) return { items: [], atEnd: true }
    const reader = new SegmentReader(this.folder, position.segment)
    const run = await reader.read(position.offset)
    if (run && run.entries.length > 0) return { items: this.#take(run, position.segment), atEnd: false }
    if (run?.stopped !== 'damaged' || (await reader.isZero(position.offset))) return { items: [], atEnd: true }
    const offset = (await reader.size()) ?? position.offset
    return { items: [this.#gap('damaged', { segment: position.segment, offset })], atEnd: true }
  }

  /** Goes to the start of `next`. Returns what was lost on the way. */
  async #enter(next: NextSegment): Promise<StoredItem | undefined> {
    const { segment, header, start, reader } = next
    const to = { segment, offset: start }
    if (!header) return this.#gap('damaged', { segment, offset: (await reader.size()) ?? 0 })
    const from = this.#position
    const previous = header.previous
    if (from && segment < from.segment) return this.#gap('removed', to)
    if (!from || !previous || previous.segment < from.segment) return void (this.#position = to)
    if (previous.segment > from.segment) return this.#gap('removed', to)
    if (from.offset >= previous.length) return void (this.#position = to)
    const gone = (await new SegmentReader(this.folder, from.segment).size()) === undefined
    return this.#gap(gone ? 'removed' : 'damaged', to)
  }

  async #nextSegment(): Promise<NextSegment | undefined> {
    const segments = await listSegments(this.folder)
    const last = segments.at(-1) ?? 0
    // A stream that was made anew counts from the start again: everything in it is after the position.
    const after = last < (this.#position?.segment ?? 0) ? 0 : (this.#position?.segment ?? 0)
    for (const segment of segments) {
      if (segment <= after) continue
      const reader = new SegmentReader(this.folder, segment)
      const read = await reader.header()
      const place = { reader, segment, newest: segment === last }
      if (read?.kind === 'header') return { ...place, header: read.header, start: read.length }
      if (read?.kind === 'damaged') return { ...place, header: undefined, start: 0 }
      // Gone since the listing, or its header is being written.
    }
    return undefined
  }

  #take({ entries, nextOffset }: EntryRun, segment: number): StoredItem[] {
    this.#position = { segment, offset: nextOffset }
    return entries.map(({ id, receivedAtMs, bytes, start, end }) => ({
      kind: 'entry',
      stream: this.stream,
      id,
      receivedAtMs,
      bytes,
      position: { segment, offset: start },
      next: { segment, offset: end },
    }))
  }

  #gap(reason: StoreGapReason, next: StorePosition): StoredItem {
    const position = this.#position ?? { segment: next.segment, offset: 0 }
    this.#position = next
    return { kind: 'gap', stream: this.stream, reason, position, next }
  }
}
