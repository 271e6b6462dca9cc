import type { LogEvent } from '@logflow/record'

/** A line as pages show it. */
export interface LiveLine {
  readonly device: string
  readonly host: string
  readonly path: string
  /** When it was written, when it says so. */
  readonly timeMs: number | undefined
  readonly receivedAtMs: number
  readonly groundAtMs: number
  /** Without its line end; at most the first 2048 bytes. */
  readonly text: string
  /** Bytes left out of `text`. */
  readonly cutBytes: number
}

/** An event as pages show it. */
export interface LiveEvent {
  readonly name: string
  readonly device: string
  readonly host: string
  readonly path: string
  readonly timeMs: number | undefined
  readonly receivedAtMs: number
  readonly groundAtMs: number
  readonly labels: Readonly<Record<string, string>>
  readonly values: Readonly<Record<string, number>>
}

/** Takes what was just ground, for whoever watches. Must not wait. */
export interface LiveSink {
  /** Milliseconds since 1970, for `groundAtMs`. */
  now(): number
  /** How many lines of a batch of `lines` are wanted now; 0 when nobody watches. The rest is counted as not shown. */
  wantedLines(lines: number): number
  addLines(lines: readonly LiveLine[]): void
  addEvent(event: LiveEvent): void
}

/** The event without its device, which has a place of its own. */
export function liveEvent(
  { name, source, timeMs, labels, values }: LogEvent,
  times: Pick<LiveEvent, 'receivedAtMs' | 'groundAtMs'>,
): LiveEvent {
  const { device = '', ...others } = labels
  return { name, device, host: source.host, path: source.path, timeMs, ...times, labels: others, values }
}
