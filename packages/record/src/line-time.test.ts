import type { LineBatch } from '@logflow/core'
import { describe, expect, it } from 'vitest'
import { detectLineTime } from './line-time.ts'

const source = { host: 'h', path: 'p', id: 'i' }
const referenceTimeMs = Date.UTC(2026, 10, 21, 12)

function batchOf(text: string): LineBatch {
  const bytes = new TextEncoder().encode(text)
  const ends = [...text.matchAll(/\n/g)].map(({ index }) => index + 1)
  return { kind: 'lines', source, offset: 0, bytes, ends: Uint32Array.from(ends), firstLine: 1 }
}

function timesOf(text: string): { format: string | undefined; times: (string | undefined)[] } {
  const batch = batchOf(text)
  const reader = detectLineTime(batch, { referenceTimeMs })
  let start = 0
  const times = [...batch.ends].map(end => {
    const time = reader?.timeOf(batch.bytes, start, end)
    start = end
    return time === undefined ? undefined : new Date(time).toISOString()
  })
  return { format: reader?.format, times }
}

describe('detectLineTime', () => {
  it.each([
    ['dtail', 'INFO|1121-071209|1|stats.go:56\n', '2026-11-21T07:12:09.000Z'],
    ['dtail', 'CLIENT|web1|WARN|20211002-071209|lost\n', '2021-10-02T07:12:09.000Z'],
    ['iso', '2026-11-21T07:12:09.123456Z starting\n', '2026-11-21T07:12:09.123Z'],
    ['iso', 'ERROR 2026-11-21 07:12:09,5 +01:00 main: late\n', '2026-11-21T06:12:09.500Z'],
    ['iso', '{"level":"info","time":"2026-11-21T07:12:09Z","msg":"x"}\n', '2026-11-21T07:12:09.000Z'],
    ['clf', '10.0.0.1 - - [21/Nov/2026:07:12:09 +0000] "GET / HTTP/1.1" 200 5\n', '2026-11-21T07:12:09.000Z'],
    ['syslog', 'Nov  1 07:12:09 web1 sshd[7]: accepted\n', '2026-11-01T07:12:09.000Z'],
    ['syslog', '<34>Dec 31 23:59:59 web1 su: at the end of last year\n', '2026-12-31T23:59:59.000Z'],
    ['epoch', '1795245129.25 query took 3 ms\n', '2026-11-21T07:12:09.250Z'],
    ['epoch', '{"ts":1795245129250,"msg":"x"}\n', '2026-11-21T07:12:09.250Z'],
  ])('reads %s: %s', (format, line, time) => {
    expect(timesOf(line)).toEqual({ format, times: [time] })
  })

  it('takes the format that most lines have, and knows nothing of the lines between', () => {
    const text = 'banner\n2026-11-21 07:12:09 one\n  at frame (a.js:1)\n2026-11-21 07:12:10 two\n'
    const { format, times } = timesOf(text)
    expect(format).toBe('iso')
    expect(times).toEqual([undefined, '2026-11-21T07:12:09.000Z', undefined, '2026-11-21T07:12:10.000Z'])
  })

  it('finds nothing where no line says when it was written', () => {
    expect(timesOf('one\ntwo 12345678\n').format).toBeUndefined()
    expect(timesOf('').format).toBeUndefined()
  })
})
