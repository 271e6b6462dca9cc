const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

const two = (value: number): string => (value < 10 ? `0${value}` : String(value))

/** `2026-11-21T03:47:11.123Z` */
export function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString()
}

/** `21/Nov/2026:03:47:11 +0000`, as nginx writes it. */
export function commonLogTime(timeMs: number): string {
  const date = new Date(timeMs)
  const day = `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}`
  return `${day}:${clockTime(date)} +0000`
}

/** `Nov 21 03:47:11`, the day padded with a space (RFC 3164 section 4.1.2). */
export function syslogTime(timeMs: number): string {
  const date = new Date(timeMs)
  return `${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)} ${clockTime(date)}`
}

/** `1121-034711`, as DTail stamps its statistics. */
export function statsTime(timeMs: number): string {
  const date = new Date(timeMs)
  return `${two(date.getUTCMonth() + 1)}${two(date.getUTCDate())}-${clockTime(date).replaceAll(':', '')}`
}

function clockTime(date: Date): string {
  return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
}
