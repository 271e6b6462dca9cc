const DAY_MS = 86_400_000

// A longer name contains no shorter one with its `$`; the order is the original's all the same.
const DAYS: readonly (readonly [name: string, days: number])[] = [
  ['$yyyesterday', -3],
  ['$yyesterday', -2],
  ['$yesterday', -1],
  ['$today', 0],
  ['$tomorrow', 1],
]

/** Puts dates as `YYYYMMDD`, local time, for `$today`, `$yesterday` and so on; a day is 24 hours, as in the original. */
export function fillDates(text: string, nowMs: number): string {
  return DAYS.reduce((filled, [name, days]) => filled.replaceAll(name, localDay(nowMs + days * DAY_MS)), text)
}

/** The local day as `YYYYMMDD`. */
export function localDay(ms: number): string {
  const date = new Date(ms)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}`
}
