/** Smallest, median, 99th percentile and largest of some milliseconds. */
export interface Spread {
  readonly count: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

/** The spread of `values`; all zero when there are none. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number): number =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)
  return { count: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) }
}

/** `p50 12 ms, p99 40 ms, max 44 ms over 1200 lines`. */
export function spreadText({ count, p50Ms, p99Ms, maxMs }: Spread): string {
  return `p50 ${p50Ms} ms, p99 ${p99Ms} ms, max ${maxMs} ms over ${count} lines`
}
