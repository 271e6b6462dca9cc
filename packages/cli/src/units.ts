const BYTE_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1024,
  kb: 1000,
  kib: 1024,
  m: 1024 ** 2,
  mb: 1000 ** 2,
  mib: 1024 ** 2,
  g: 1024 ** 3,
  gb: 1000 ** 3,
  gib: 1024 ** 3,
  t: 1024 ** 4,
  tb: 1000 ** 4,
  tib: 1024 ** 4,
}
const TIME_UNITS: Readonly<Record<string, number>> = { '': 1, ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `64KiB`, `1.5MB`, `4096` to whole bytes. @throws RangeError on anything else */
export function parseBytes(text: string): number {
  return Math.round(quantity({ text, units: BYTE_UNITS, what: 'a size such as 4096, 64KiB or 1MB' }))
}

/** `1500ms`, `2s`, `10m`, `1h`, `1d` or plain milliseconds. Compound forms (`1m30s`) add up. @throws RangeError on anything else */
export function parseDurationMs(text: string): number {
  const what = 'a time such as 500ms, 2s, 10m or 1h'
  const parts = text.match(/\d+(?:\.\d+)?[a-z]+/gi)
  if (parts && parts.length > 1 && parts.join('') === text)
    return parts.reduce((sum, part) => sum + quantity({ text: part, units: TIME_UNITS, what }), 0)
  return quantity({ text, units: TIME_UNITS, what })
}

function quantity({
  text,
  units,
  what,
}: {
  text: string
  units: Readonly<Record<string, number>>
  what: string
}): number {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim())
  const unit = units[(match?.[2] ?? '').toLowerCase()]
  if (!match || unit === undefined) throw new RangeError(`${text} is not ${what}`)
  return Number(match[1]) * unit
}

/** Bytes for people: `0 B`, `1.5 KiB`, `20 MiB`. */
export function formatBytes(bytes: number): string {
  const names = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let value = bytes
  let i = 0
  for (; value >= 1024 && i < names.length - 1; i++) value /= 1024
  return `${i === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${names[i]}`
}

/** Milliseconds for people: `12 ms`, `3.4 s`, `5m 20s`. */
export function formatDurationMs(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)}m ${seconds % 60}s`
}
