import type { DtailOptions } from '@logflow/protocol'

/** Lines that were written from one moment on and before another one, in milliseconds since 1970. */
export interface TimeRange {
  /** -Infinity for no bound. */
  readonly sinceMs: number
  /** Exclusive; Infinity for no bound. */
  readonly untilMs: number
}

/** The options of a command, with the range as an own server understands it. */
export function withTimeRange(options: DtailOptions, { sinceMs, untilMs }: TimeRange): DtailOptions {
  const other = new Map(options.other)
  if (Number.isFinite(sinceMs)) other.set('since', String(sinceMs))
  if (Number.isFinite(untilMs)) other.set('until', String(untilMs))
  return { ...options, other }
}

/** The range in the options of a command; `undefined` for all times. */
export function timeRangeOf({ other }: DtailOptions): TimeRange | undefined {
  const [since, until] = [numberOf(other?.get('since')), numberOf(other?.get('until'))]
  if (since === undefined && until === undefined) return undefined
  return { sinceMs: since ?? -Infinity, untilMs: until ?? Infinity }
}

/** What nobody of ours wrote is no bound. */
function numberOf(text: string | undefined): number | undefined {
  const value = text !== undefined && /^-?\d{1,16}$/.test(text) ? Number(text) : NaN
  return Number.isNaN(value) ? undefined : value
}
