/**
 * A line that pairs the monotonic clock of the kernel log with the wall clock: `T: VERSION SECS.mmm MM/DD HH:MM:SS
 * ntp=B`. It is written to the kernel log, and so gets a monotonic stamp of its own.
 */
export interface TimeSync {
  /** Version of the device; may contain spaces. */
  readonly version: string
  /** Wall clock, milliseconds since 1970. */
  readonly wallMs: number
  /** Whether the wall clock is known to be right. */
  readonly ntp: boolean
}

/** The text, without prefix and `\n`. The date is that of a clock `utcOffsetMinutes` east of Greenwich (default 0). */
export function formatTimeSync({ version, wallMs, ntp }: TimeSync, utcOffsetMinutes = 0): string {
  const seconds = Math.floor(wallMs / 1000)
  const milliseconds = String(Math.floor(wallMs) - seconds * 1000).padStart(3, '0')
  const local = new Date(wallMs + utcOffsetMinutes * 60_000).toISOString()
  const date = `${local.slice(5, 7)}/${local.slice(8, 10)} ${local.slice(11, 19)}`
  return `T: ${version} ${seconds}.${milliseconds} ${date} ntp=${ntp ? 1 : 0}`
}

/** Reads a text that {@link formatTimeSync} wrote, `undefined` for any other. The date is passed over. */
export function parseTimeSync(text: string): TimeSync | undefined {
  const match = /^T: (.{1,63}) (\d{1,12})\.(\d{3}) \d\d\/\d\d \d\d:\d\d:\d\d ntp=([01])$/.exec(text)
  if (!match) return undefined
  const [, version = '', seconds, milliseconds, ntp] = match
  return { version, wallMs: Number(seconds) * 1000 + Number(milliseconds), ntp: ntp === '1' }
}
