import { parseDurationMs, UsageError } from '@logflow/cli'

const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:\.\d{1,9})?)?)?(Z|[+-]\d\d:?\d\d)?$/

/**
 * A moment as a person names it, to milliseconds since 1970: `2026-11-21T04:00:30.5Z`, `2026-11-21 04:00` (UTC unless
 * it says otherwise), `1795233600` (seconds since 1970; 13 digits are milliseconds), `10m` (that long ago), `now`.
 *
 * @throws UsageError naming the flag
 */
export function parseTimeArgument(flag: string, text: string, nowMs: number): number {
  if (text === 'now') return nowMs
  if (/^\d{13}$/.test(text)) return Number(text)
  if (/^\d{9,10}(\.\d+)?$/.test(text)) return Number(text) * 1000
  const iso = ISO.exec(text)
  const timeMs = iso ? Date.parse(`${iso[1]}T${iso[2] ?? '00:00'}${iso[3] ?? ':00'}${iso[4] ?? 'Z'}`) : NaN
  if (!Number.isNaN(timeMs)) return timeMs
  try {
    if (/[a-z]$/.test(text)) return nowMs - parseDurationMs(text)
  } catch {
    // Said below, with all that would have been possible.
  }
  throw new UsageError(
    `${flag}: ${text} is neither 2026-11-21T04:00:30Z, nor seconds since 1970, nor a time ago like 10m`,
  )
}
