import { unknownDelivery, type Delivery, type Gap, type GapReason, type LineBatch, type Source } from '@logflow/core'
import { MAX_GAPS_PER_SOURCE } from './limits.ts'

interface Range {
  from: number
  to: number
  reason: GapReason
}

/** Turns deliveries that are dropped into the gaps that stand for them, exact per source, in the order of the sources. */
export class LossLedger {
  readonly #sources = new Map<string, { readonly source: Source; readonly ranges: Range[] }>()
  #droppedBytes = 0
  #droppedLines = 0
  #droppedEvents = 0

  /** Bytes of lines that became gaps. */
  get droppedBytes(): number {
    return this.#droppedBytes
  }
  get droppedLines(): number {
    return this.#droppedLines
  }
  /** Events that were dropped without a trace but this count. */
  get droppedEvents(): number {
    return this.#droppedEvents
  }

  drop(item: Delivery): void {
    switch (item.kind) {
      case 'lines':
        this.#droppedBytes += item.bytes.length
        this.#droppedLines += item.ends.length
        if (item.ends.length > 0) this.#add(item.source, { ...rangeOf(item), reason: 'overflow' })
        return
      case 'gap':
        this.#add(item.source, { from: item.from, to: item.to, reason: item.reason })
        return
      case 'event':
        this.#droppedEvents++
        return
      default:
        unknownDelivery(item)
    }
  }

  gaps(): Gap[] {
    return [...this.#sources.values()].flatMap(({ source, ranges }) =>
      ranges.map(({ from, to, reason }): Gap => ({ kind: 'gap', source, from, to, reason })),
    )
  }

  #add(source: Source, range: Range): void {
    const entry = this.#sources.get(source.id) ?? { source, ranges: [] }
    this.#sources.set(source.id, entry)
    const last = entry.ranges.at(-1)
    const follows = last && last.to === range.from && last.reason === range.reason
    if (last && (follows || entry.ranges.length >= MAX_GAPS_PER_SOURCE)) {
      last.from = Math.min(last.from, range.from)
      last.to = Math.max(last.to, range.to)
    } else {
      entry.ranges.push(range)
    }
  }
}

/** From the first byte to the end of the last line; a selection covers what was left out in between as well. */
function rangeOf({ offset, offsets, bytes, ends }: LineBatch): { from: number; to: number } {
  if (!offsets) return { from: offset, to: offset + bytes.length }
  const lastLine = bytes.length - (ends.at(-2) ?? 0)
  return { from: offsets[0] as number, to: (offsets.at(-1) as number) + lastLine }
}
