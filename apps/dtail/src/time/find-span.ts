import { lineBatch } from '@logflow/core'
import { detectLineTime, type LineTimeReader, type TimestampOptions } from '@logflow/record'
import type { OpenedFile, Span } from '@logflow/tailer'
import type { TimeRange } from './time-range.ts'

const NEWLINE = 10
const HEAD_BYTES = 64 * 1024
/** Bytes of a first look at a place; more when no line there says when it was written. */
const LOOK_BYTES = 8 * 1024
const MAX_LOOK_BYTES = 8 * 1024 * 1024
/** A stamp is whole where so many bytes of its line are seen. */
const STAMP_BYTES = 256
/** Places that are looked at to see whether the file is in order. */
const PLACES = 32
/** Lines of several threads or hosts overtake each other by so much. */
const SLACK_MS = 60_000

/** Which part of a file may hold lines of the range, or why nobody can tell without reading all of it. */
export type FoundSpan = { readonly span: Span } | { readonly reason: string }

/**
 * Finds the part by bisection: a few dozen looks instead of reading the file. What is found is as much wider than the
 * range as lines may overtake each other, so lines are still to be chosen one by one.
 */
export async function findSpan(
  file: OpenedFile,
  { sinceMs, untilMs }: TimeRange,
  options: TimestampOptions,
): Promise<FoundSpan> {
  const head = lineBatch({ source: file.source, bytes: await file.bytesAt(0, HEAD_BYTES) })
  const reader = detectLineTime(head, options)
  if (!reader) return { reason: 'its first lines do not say when they were written' }
  const search = new Search(file, reader)
  try {
    if (!(await search.isInOrder())) return { reason: 'its lines are not in the order of time' }
    const from = await search.firstAt(sinceMs - SLACK_MS)
    const to = await search.firstAt(untilMs + SLACK_MS)
    // What is appended meanwhile belongs to a range without an end.
    return { span: { from, to: to === file.size ? Infinity : to } }
  } catch (error) {
    if (error instanceof TooLong) return { reason: 'a long part of it does not say when it was written' }
    throw error
  }
}

class TooLong extends Error {}

/** The first line at or behind a place that says when it was written. */
interface Stamped {
  readonly start: number
  readonly time: number
}

/** Where bytes were read, and for the sake of which place. */
interface Look {
  readonly from: number
  readonly place: number
  /** They go to the end of the file. */
  readonly isEnd: boolean
}

class Search {
  readonly #file: OpenedFile
  readonly #reader: LineTimeReader

  constructor(file: OpenedFile, reader: LineTimeReader) {
    this.#file = file
    this.#reader = reader
  }

  async isInOrder(): Promise<boolean> {
    let latest = -Infinity
    for (let place = 0; place < PLACES; place++) {
      const found = await this.#stampedAt(Math.floor((this.#file.size / PLACES) * place))
      if (!found) continue
      if (found.time < latest - SLACK_MS) return false
      latest = Math.max(latest, found.time)
    }
    return true
  }

  /** Where the first line starts that was written at `time` or later; the size of the file when there is none. */
  async firstAt(time: number): Promise<number> {
    const { size } = this.#file
    if (time === -Infinity) return 0
    if (time === Infinity) return size
    let [low, high, first] = [0, size, size]
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      const found = await this.#stampedAt(middle)
      if (!found || found.start >= high) high = middle
      else if (found.time >= time) [high, first] = [middle, found.start]
      else low = found.start + 1
    }
    return first
  }

  async #stampedAt(place: number): Promise<Stamped | undefined> {
    for (let length = LOOK_BYTES; ; length *= 4) {
      const from = Math.max(0, place - 1)
      const bytes = await this.#file.bytesAt(from, length)
      const isEnd = bytes.length < length
      const found = this.#stampedIn(bytes, { from, place, isEnd })
      if (found || isEnd) return found
      if (length >= MAX_LOOK_BYTES) throw new TooLong()
    }
  }

  #stampedIn(bytes: Uint8Array, { from, place, isEnd }: Look): Stamped | undefined {
    let start = place === 0 ? 0 : bytes.indexOf(NEWLINE) + 1
    if (place > 0 && start === 0) return undefined
    while (start < bytes.length) {
      const newline = bytes.indexOf(NEWLINE, start)
      const end = newline === -1 ? bytes.length : newline + 1
      if (newline === -1 && !isEnd && end - start < STAMP_BYTES) return undefined
      const time = this.#reader.timeOf(bytes, start, end)
      if (time !== undefined) return { start: from + start, time }
      start = end
    }
    return undefined
  }
}
