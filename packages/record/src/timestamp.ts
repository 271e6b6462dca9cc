/** How stamps are read that do not say everything. */
export interface TimestampOptions {
  /** Minutes east of UTC of stamps that name no zone. @defaultValue 0 */
  readonly zoneOffsetMinutes?: number | undefined
  /**
   * About when the lines were written, in milliseconds since 1970. A stamp without a year gets the year that brings it
   * nearest to this. Without it, such a stamp gives no time.
   */
  readonly referenceTimeMs?: number | undefined
}

const MINUTE_MS = 60_000
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

const iso = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9})\d*)?)? ?(Z|z|UTC|[+-]\d\d(?::?\d\d)?)?$/
const clf = /^(\d\d)\/([A-Za-z]{3})\/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-]\d{4})$/
const bsd = /^([A-Za-z]{3}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?$/
const dtail = /^(\d{4})?(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)$/

/** RFC 3339 and its usual relatives (blank for `T`, comma for the dot, no zone, no seconds) to milliseconds since 1970. */
export function parseIsoTime(text: string, options: TimestampOptions = {}): number | undefined {
  const match = iso.exec(text)
  if (!match) return undefined
  const [, year, month, day, hour, minute, second = '0', fraction, zone] = match
  const time = utc([year, month, day, hour, minute, second].map(Number))
  return time === undefined ? undefined : time + millisOf(fraction) - zoneMinutes(zone, options) * MINUTE_MS
}

/** `10/Oct/2000:13:55:36 -0700`, as web servers write it, to milliseconds since 1970. */
export function parseClfTime(text: string): number | undefined {
  const match = clf.exec(text)
  if (!match) return undefined
  const [, day, month = '', year, hour, minute, second, zone] = match
  const time = utc([Number(year), monthNumber(month), ...[day, hour, minute, second].map(Number)])
  return time === undefined ? undefined : time - zoneMinutes(zone, {}) * MINUTE_MS
}

/** `Oct  2 13:46:45` (RFC 3164 4.1.2) to milliseconds since 1970; needs a reference for the year. */
export function parseBsdTime(text: string, options: TimestampOptions): number | undefined {
  const match = bsd.exec(text)
  if (!match) return undefined
  const [, month = '', day, hour, minute, second, fraction] = match
  const time = nearestYear([monthNumber(month), ...[day, hour, minute, second].map(Number)], options)
  return time === undefined ? undefined : time + millisOf(fraction)
}

/** `20211002-071209`, or without the year `1002-071209`, as DTail writes it, to milliseconds since 1970. */
export function parseDtailTime(text: string, options: TimestampOptions): number | undefined {
  const match = dtail.exec(text)
  if (!match) return undefined
  const [, year, ...rest] = match
  const parts = rest.map(Number)
  if (year === undefined) return nearestYear(parts, options)
  const time = utc([Number(year), ...parts])
  return time === undefined ? undefined : time - zoneMinutes(undefined, options) * MINUTE_MS
}

/** The same reader, which reads a stamp once when many lines in a row have it. */
export function remembered(read: (text: string) => number | undefined): (text: string) => number | undefined {
  let lastText: string | undefined
  let lastTime: number | undefined
  return text => {
    if (text !== lastText) {
      lastTime = read(text)
      lastText = text
    }
    return lastTime
  }
}

/** Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by size; good for 1973 to 5138. */
export function parseEpochTime(text: string): number | undefined {
  if (!/^\d{9,19}(?:\.\d{1,9})?$/.test(text)) return undefined
  const value = Number(text)
  if (value < 1e11) return Math.round(value * 1000)
  if (value < 1e14) return Math.floor(value)
  return value < 1e17 ? Math.floor(value / 1e3) : Math.floor(value / 1e6)
}

function zoneMinutes(zone: string | undefined, { zoneOffsetMinutes = 0 }: TimestampOptions): number {
  if (zone === undefined) return zoneOffsetMinutes
  if (/^(?:z|utc)$/i.test(zone)) return 0
  const digits = zone.replace(/\D/g, '').padEnd(4, '0')
  return (zone.startsWith('-') ? -1 : 1) * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2)))
}

function millisOf(fraction: string | undefined): number {
  return fraction === undefined ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0'))
}

function monthNumber(name: string): number {
  return MONTHS.indexOf(name.toLowerCase()) + 1
}

/** Year, month (1-12), day, hour, minute, second; `undefined` when there is no such moment. Second 60 is the next minute. */
function utc(parts: readonly number[]): number | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
  if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 60) return undefined
  // Date.UTC reads years below 100 as 19xx.
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  if (date.getUTCDate() !== day) return undefined
  return date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000
}

function nearestYear(parts: readonly number[], options: TimestampOptions): number | undefined {
  const { referenceTimeMs } = options
  if (referenceTimeMs === undefined) return undefined
  const zoneMs = zoneMinutes(undefined, options) * MINUTE_MS
  const middle = new Date(referenceTimeMs).getUTCFullYear()
  let best: number | undefined
  for (let year = middle - 1; year <= middle + 1; year++) {
    const time = utc([year, ...parts])
    if (time === undefined) continue
    const shifted = time - zoneMs
    if (best === undefined || Math.abs(shifted - referenceTimeMs) < Math.abs(best - referenceTimeMs)) best = shifted
  }
  return best
}
