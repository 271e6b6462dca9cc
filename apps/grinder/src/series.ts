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

interface Point {
  count: number
  readonly values: Map<string, { sum: number; min: number; max: number }>
}

const MINUTE_MS = 60_000
/** The labels of everything beyond {@link MAX_SERIES}. */
const OTHER = 'other'

/**
 * Events counted by minute of their own time, so that what comes late is counted where it belongs. Bounded: too many
 * label values are counted together as `other`, too many minutes push out the oldest.
 */
export class SeriesStore {
  /** By name and labels as JSON, which also frees the labels from the text of the batch that they were cut from. */
  readonly #series = new Map<string, Map<number, Point>>()

  constructor(saved: readonly SavedSeries[] = []) {
    for (const [key, points] of saved) {
      this.#series.set(key, new Map(points.map(([minuteMs, count, values]) => [minuteMs, loadPoint(count, values)])))
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
    const points = this.#points(event, by)
    let point = points.get(minuteMs)
    if (!point) {
      points.set(minuteMs, (point = { count: 0, values: new Map<string, never>() }))
      if (points.size > MAX_MINUTES) points.delete(Math.min(...points.keys()))
    }
    point.count++
    for (const [name, value] of Object.entries(event.values)) {
      const summary = point.values.get(name)
      if (!summary) point.values.set(name, { sum: value, min: value, max: value })
      else {
        summary.sum += value
        summary.min = Math.min(summary.min, value)
        summary.max = Math.max(summary.max, value)
      }
    }
  }

  /** The series of `name`, or of every name. */
  query(name?: string): Series[] {
    const found: Series[] = []
    for (const [key, points] of this.#series) {
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
    return [...this.#series].map(([key, points]) => [key, [...points].map(savePoint)])
  }

  #points(event: LogEvent, by: readonly string[]): Map<number, Point> {
    const labels = by.map(label => [label, (event.labels[label] ?? '').slice(0, MAX_LABEL_CHARS)])
    const key = JSON.stringify([event.name, labels])
    const existing = this.#series.get(key)
    if (existing) return existing
    const full = this.#series.size >= MAX_SERIES
    const newKey = full ? JSON.stringify([event.name, by.map(label => [label, OTHER])]) : key
    let points = this.#series.get(newKey)
    if (!points) this.#series.set(newKey, (points = new Map<number, Point>()))
    return points
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
