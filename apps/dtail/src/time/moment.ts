import { parseDurationMs, UsageError } from '@logflow/cli'

const DAY_MS = 86_400_000
const date = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,3})\d*)?)?)?(Z|[+-]\d\d:?\d\d)?$/i

/**
 * A moment as people write one: RFC 3339, the same without zone (local time) or without a time (midnight), `15m`, `2h`,
 * `1h30m ago` (before now), `now`, `today`, `yesterday`, or seconds since 1970.
 *
 * @param now - milliseconds since 1970
 * @returns milliseconds since 1970
 * @throws UsageError
 */
export function parseMoment(text: string, now: number): number {
  const word = text.trim().toLowerCase()
  if (word === 'now') return now
  if (word === 'today') return midnight(now)
  if (word === 'yesterday') return midnight(midnight(now) - DAY_MS / 2)
  if (/^\d{9,10}(\.\d+)?$/.test(word)) return Math.round(Number(word) * 1000)
  const moment = parseDate(text.trim()) ?? parseAgo(word, now)
  if (moment !== undefined) return moment
  const forms = '2026-11-21T07:00:00Z, "2026-11-21 07:00", 2026-11-21, 15m, 2h ago, today'
  throw new UsageError(`${JSON.stringify(text)} is no moment: it is written like ${forms}`)
}

function midnight(time: number): number {
  return new Date(time).setHours(0, 0, 0, 0)
}

function parseDate(text: string): number | undefined {
  const [matched, ...parts] = date.exec(text) ?? []
  if (matched === undefined) return undefined
  const [year, month, day] = [numberAt(parts, 0), numberAt(parts, 1), numberAt(parts, 2)]
  const [hour, minute, second] = [numberAt(parts, 3), numberAt(parts, 4), numberAt(parts, 5)]
  const [fraction = '', zone] = parts.slice(6)
  const rest = [day, hour, minute, second, Number(fraction.padEnd(3, '0'))] as const
  if (hour > 23 || minute > 59 || second > 60 || new Date(Date.UTC(year, month - 1, day)).getUTCDate() !== day)
    return undefined
  if (zone === undefined) return new Date(year, month - 1, ...rest).getTime()
  return Date.UTC(year, month - 1, ...rest) - zoneMinutes(zone) * 60_000
}

function numberAt(parts: readonly (string | undefined)[], index: number): number {
  return Number(parts[index] ?? 0)
}

/** Minutes east of UTC of `Z` or `+01:30`. */
function zoneMinutes(zone: string): number {
  const digits = zone.replace(/\D/g, '').padEnd(4, '0')
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))
  return zone.startsWith('-') ? -minutes : minutes
}

/** A time without a unit would be milliseconds, which nobody means here. */
function parseAgo(word: string, now: number): number | undefined {
  const amount = word.replace(/\s*ago$/, '')
  if (!/[a-z]$/.test(amount)) return undefined
  try {
    return now - parseDurationMs(amount)
  } catch {
    return undefined
  }
}
