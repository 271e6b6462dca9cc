import { unknownDelivery, lineAt, lineOffset, type Delivery, type LineBatch, type Source } from '@logflow/core'
import type { Matcher } from '@logflow/match'
import { DeliveryDecoder } from '@logflow/protocol'
import type { StoredItem } from '@logflow/store'
import { GrinderError } from '../errors.ts'
import { MAX_STORY_BYTES, STORY_LINE_COST_BYTES } from '../limits.ts'
import { SeenEntries } from '../seen-entries.ts'
import { SourceCatalog } from '../source-catalog.ts'

/** One line of the story, or a place where lines are missing. */
export interface StoryItem {
  readonly device: string
  readonly source: Source
  readonly timeMs: number
  readonly receivedAtMs: number
  /** Offset in the source of the line, or of the gap. */
  readonly offset: number
  /** The line without its line end, as it was stored; `undefined` for a gap. */
  readonly line: Uint8Array | undefined
  /** What a gap is about, in words. */
  readonly gap?: string
}

/** What is told. */
export interface StoryOptions {
  /** Lines from this time on, milliseconds since 1970. */
  readonly sinceMs: number
  /** Lines before this time. */
  readonly untilMs: number
  /** Lines that match; all without it. Gaps are told always, as nobody knows what was in them. */
  readonly matcher: Matcher | undefined
  /** Only the first so many. */
  readonly limit: number
  /** @defaultValue 256 MiB */
  readonly maxBytes?: number
}

/**
 * Lines of many devices in order of time. A line has the time it says, else that of the line before it (a stack trace
 * stays together), else when it was received. Lines of the same millisecond stay in the order of devices and stores.
 */
export class Story {
  readonly #options: StoryOptions
  readonly #seen = new SeenEntries()
  readonly #sources = new SourceCatalog()
  #items: StoryItem[] = []
  #bytes = 0
  #lastReceivedAtMs = 0
  #gaps = 0

  constructor(options: StoryOptions) {
    this.#options = options
  }

  /** Gaps met, told or not. */
  get gaps(): number {
    return this.#gaps
  }

  /**
   * Adds what is stored, stream by stream, each in its order.
   *
   * @throws GrinderError `LF_GRINDER_TOO_MUCH` when the story would not fit into memory; ProtocolError for an entry
   * that cannot be decoded
   */
  add(item: StoredItem): void {
    if (item.kind === 'gap') {
      const source = { host: '', path: 'store:', id: item.stream }
      const gap = `the store lost entries, ${item.reason}`
      return this.#addGap(item.stream, { source, offset: item.position.offset, gap })
    }
    if (!this.#seen.add(item.stream, item.id)) return
    this.#lastReceivedAtMs = item.receivedAtMs
    const decoder = new DeliveryDecoder()
    decoder.push(item.bytes)
    for (let delivery = decoder.read(); delivery; delivery = decoder.read()) this.#addDelivery(item.stream, delivery)
    decoder.end()
  }

  /** The story, ready to be told. */
  items(): readonly StoryItem[] {
    this.#sort()
    return this.#items
  }

  #addDelivery(device: string, item: Delivery): void {
    switch (item.kind) {
      case 'lines':
        return this.#addLines(device, item)
      case 'gap': {
        const gap = `${item.to - item.from} bytes are missing, ${item.reason}`
        return this.#addGap(device, { source: item.source, offset: item.from, gap })
      }
      case 'event':
        return
      default:
        return unknownDelivery(item)
    }
  }

  #addLines(device: string, batch: LineBatch): void {
    const { matcher, sinceMs, untilMs } = this.#options
    const receivedAtMs = this.#lastReceivedAtMs
    const indexes = matcher ? matcher.matchingLines(batch) : Uint32Array.from(batch.ends.keys())
    const facts = this.#sources.enter(device, batch.source)
    const records = this.#sources.parse(facts, batch, { indexes, receivedAtMs })
    let timeMs = receivedAtMs
    for (const [at, index] of indexes.entries()) {
      timeMs = records[at]?.timeMs ?? timeMs
      if (timeMs < sinceMs || timeMs >= untilMs) continue
      const line = lineAt(batch, index)
      // A copy, so that one line does not keep a whole batch.
      const content = line.slice(0, line.at(-1) === 10 ? -1 : undefined)
      const offset = lineOffset(batch, index)
      this.#push({ device, source: batch.source, timeMs, receivedAtMs, offset, line: content })
    }
  }

  #addGap(device: string, { source, offset, gap }: { source: Source; offset: number; gap: string }): void {
    this.#gaps++
    const receivedAtMs = this.#lastReceivedAtMs
    const { sinceMs, untilMs } = this.#options
    if (receivedAtMs < sinceMs || receivedAtMs >= untilMs) return
    this.#push({ device, source, timeMs: receivedAtMs, receivedAtMs, offset, line: undefined, gap })
  }

  #push(item: StoryItem): void {
    const { limit, maxBytes = MAX_STORY_BYTES } = this.#options
    this.#items.push(item)
    this.#bytes += costOf(item)
    if (this.#items.length > 2 * limit + 1000) this.#sort()
    if (this.#bytes <= maxBytes) return
    this.#sort()
    if (this.#bytes <= maxBytes) return
    throw new GrinderError(
      'LF_GRINDER_TOO_MUCH',
      `the story has more than ${maxBytes / 1024 / 1024} MiB; narrow it with --since, --until, --device, --grep or --limit`,
    )
  }

  /** Sorting is stable: what has the same time stays in the order it was added. Beyond the limit nothing is kept. */
  #sort(): void {
    const { limit } = this.#options
    this.#items.sort((a, b) => a.timeMs - b.timeMs)
    if (this.#items.length > limit) this.#items.length = limit
    this.#bytes = this.#items.reduce((sum, item) => sum + costOf(item), 0)
  }
}

function costOf({ line }: StoryItem): number {
  return (line?.length ?? 0) + STORY_LINE_COST_BYTES
}
