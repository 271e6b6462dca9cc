import type { LogEvent } from '@logflow/record'
import { MAX_LABEL_CHARS, MAX_MINUTES, MAX_SERIES } from './limits.ts'

/** What one number of the events did within a minute. */
export interface ValueSummary {
  readonly sum: number
  readonly min: number
  readonly max: number
}

/** One minute of a series. */
export interface SeriesPoint {
  /** Start of the minute, milliseconds since 1970. */
  readonly minuteMs: number
  readonly count: number
  /** By the name of the value; a value that no event had is not there. */
  readonly values: Readonly<Record<string, ValueSummary>>
}

/** Events of one name with the same labels, counted by minute. */
export interface Series {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  /** In order of time. */
  readonly points: readonly SeriesPoint[]
}

/** One series as it is saved: key, then minute, count and the summaries, minute by minute. */
export type SavedSeries = readonly [string, readonly SavedPoint[]]
type SavedPoint = readonly [number, number, Readonly<Record<string, readonly [number, number, number]>>]

/** The minutes of one series, the one counted last at hand. */
class Minutes {
  readonly points: Map<number, Point>
  #minuteMs = NaN
  #point: Point | undefined

  constructor(points: Map<number, Point> = new Map<number, Point>()) {
    this.points = points
  }

  /** The point of a minute, made when it is new; the oldest goes when there are too many. */
  at(minuteMs: number): Point {
    if (this.#point && this.#minuteMs === minuteMs) return this.#point
    let point = this.points.get(minuteMs)
    if (!point) {
      this.points.set(minuteMs, (point = { count: 0, values: new Map<string, never>() }))
      if (this.points.size > MAX_MINUTES) this.points.delete(Math.min(...this.points.keys()))
    }
    this.#minuteMs = minuteMs
    this.#point = this.points.has(minuteMs) ? point : undefined
    return point
  }
}

/** Series of one name that were found before, by the value of the only label that splits them, '' without one. */
interface Known {
  readonly by: readonly string[]
  readonly byValue: Map<string, Minutes>
}

interface Point {
  count: number
  readonly values: Map<string, { sum: number; min: number; max: number }>
}

const MINUTE_MS = 60_000
/** The labels of everything beyond {@link MAX_SERIES}. */
const OTHER = 'other'
/** V8 copies pieces up to this length and shares longer ones. */
const MAX_KNOWN_CHARS = 12

/**
 * Events counted by minute of their own time, so that what comes late is counted where it belongs. Bounded: too many
 * label values are counted together as `other`, too many minutes push out the oldest.
 */
export class SeriesStore {
  /** By name and labels as JSON, which also frees the labels from the text of the batch that they were cut from. */
  readonly #series = new Map<string, Minutes>()
  readonly #known = new Map<string, Known>()

  constructor(saved: readonly SavedSeries[] = []) {
    for (const [key, points] of saved) {
      const loaded = points.map(([minuteMs, count, values]) => [minuteMs, loadPoint(count, values)] as const)
      this.#series.set(key, new Minutes(new Map(loaded)))
    }
  }

  /** Number of series. */
  get size(): number {
    return this.#series.size
  }

  /** Counts an event. `by` names the labels that split the series. */
  add(event: LogEvent, timeMs: number, by: readonly string[]): void {
    const minuteMs = Math.floor(timeMs / MINUTE_MS) * MINUTE_MS
    if (!Number.isFinite(minuteMs)) return
    const point = this.#minutes(event, by).at(minuteMs)
    point.count++
    // A plain object, which inherits nothing that could be found here.
    for (const name in event.values) {
      const value = event.values[name] as number
      const summary = point.values.get(name)
      if (!summary) point.values.set(name, { sum: value, min: value, max: value })
      else {
        summary.sum += value
        if (value < summary.min) summary.min = value
        if (value > summary.max) summary.max = value
      }
    }
  }

  /** The series of `name`, or of every name. */
  query(name?: string): Series[] {
    const found: Series[] = []
    for (const [key, { points }] of this.#series) {
      const [seriesName, labels] = JSON.parse(key) as [string, [string, string][]]
      if (name !== undefined && name !== seriesName) continue
      const sorted = [...points].sort(([a], [b]) => a - b)
      found.push({
        name: seriesName,
        labels: Object.fromEntries(labels),
        points: sorted.map(([minuteMs, { count, values }]) => ({
          minuteMs,
          count,
          values: Object.fromEntries(values),
        })),
      })
    }
    return found
  }

  save(): SavedSeries[] {
    return [...this.#series].map(([key, { points }]) => [key, [...points].map(savePoint)])
  }

  #minutes(event: LogEvent, by: readonly string[]): Minutes {
    if (by.length > 1) return this.#find(event, by)
    const value = by.length === 0 ? '' : (event.labels[by[0] as string] ?? '')
    const known = this.#known.get(event.name)
    const minutes = known?.by === by ? known.byValue.get(value) : undefined
    return minutes ?? this.#remember(event, by, value)
  }

  #remember(event: LogEvent, by: readonly string[], value: string): Minutes {
    const minutes = this.#find(event, by)
    // Longer texts may be pieces of the text of a batch, and would keep it alive.
    if (value.length > MAX_KNOWN_CHARS || (this.#known.size >= MAX_SERIES && !this.#known.has(event.name)))
      return minutes
    let known = this.#known.get(event.name)
    if (known?.by !== by) this.#known.set(event.name, (known = { by, byValue: new Map<string, Minutes>() }))
    if (known.byValue.size < MAX_SERIES) known.byValue.set(value, minutes)
    return minutes
  }

  #find(event: LogEvent, by: readonly string[]): Minutes {
    const labels = by.map(label => [label, (event.labels[label] ?? '').slice(0, MAX_LABEL_CHARS)])
    const key = JSON.stringify([event.name, labels])
    const existing = this.#series.get(key)
    if (existing) return existing
    const full = this.#series.size >= MAX_SERIES
    const newKey = full ? JSON.stringify([event.name, by.map(label => [label, OTHER])]) : key
    let minutes = this.#series.get(newKey)
    if (!minutes) this.#series.set(newKey, (minutes = new Minutes()))
    return minutes
  }
}

function savePoint([minuteMs, { count, values }]: [number, Point]): SavedPoint {
  const summaries = [...values].map(([name, { sum, min, max }]) => [name, [sum, min, max]] as const)
  return [minuteMs, count, Object.fromEntries(summaries)]
}

function loadPoint(count: number, saved: SavedPoint[2]): Point {
  const values = Object.entries(saved).map(([name, [sum, min, max]]) => [name, { sum, min, max }] as const)
  return { count, values: new Map(values) }
}
