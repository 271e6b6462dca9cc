import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OpenedFile } from '@logflow/tailer'
import { findSpan } from './find-span.ts'

const source = { host: 'h', path: 'p', id: 'i' }
const START = Date.UTC(2026, 10, 21, 6)
const HOUR_MS = 3_600_000

function fileOf(text: string): OpenedFile & { looks: number } {
  const bytes = new TextEncoder().encode(text)
  return {
    source,
    size: bytes.length,
    looks: 0,
    async bytesAt(position, length) {
      this.looks++
      return bytes.subarray(position, position + length)
    },
  }
}

interface Line {
  readonly time: number
  readonly text: string
}

function lineAt(time: number, rest: string): Line {
  return { time, text: `${new Date(time).toISOString()} ${rest}\n` }
}

describe('findSpan', () => {
  it('finds all lines of a range with a few dozen looks, wherever it lies', async () => {
    const hours = fc.array(fc.record({ step: fc.integer({ min: 0, max: HOUR_MS }), size: fc.nat(3000) }), {
      minLength: 1,
      maxLength: 400,
    })
    const moment = fc.integer({ min: -HOUR_MS, max: 300 * HOUR_MS })
    await fc.assert(
      fc.asyncProperty(hours, moment, moment, fc.boolean(), async (steps, a, b, traces) => {
        let time = START
        const lines = steps.map(({ step, size }) =>
          lineAt((time += step), `${'x'.repeat(size)}${traces ? '\n  at' : ''}`),
        )
        const file = fileOf(lines.map(({ text }) => text).join(''))
        const [sinceMs, untilMs] = [START + Math.min(a, b), START + Math.max(a, b) + 1]
        const found = await findSpan(file, { sinceMs, untilMs }, {})
        expect(found).toHaveProperty('span')
        if (!('span' in found)) return
        const { from, to } = found.span
        let at = 0
        for (const { time, text } of lines) {
          if (time >= sinceMs && time < untilMs) expect(at >= from && at + text.length <= to).toBe(true)
          // Nothing that is minutes away is read.
          if (time < sinceMs - 60_000) expect(at < from).toBe(true)
          if (time >= untilMs + 60_000) expect(at >= to).toBe(true)
          at += text.length
        }
        expect(file.looks).toBeLessThan(200)
      }),
      { numRuns: 100 },
    )
  })

  it('says why it cannot tell: no times, no order, or a long part without times', async () => {
    const range = { sinceMs: START, untilMs: START + 1 }
    expect(await findSpan(fileOf('one\ntwo\n'), range, {})).toEqual({
      reason: 'its first lines do not say when they were written',
    })
    const mixed = Array.from({ length: 1000 }, (_, i) => lineAt(START + ((i * 7919) % 1000) * 60_000, 'x').text).join(
      '',
    )
    expect(await findSpan(fileOf(mixed), range, {})).toEqual({ reason: 'its lines are not in the order of time' })
    const long = `${lineAt(START, 'x').text}${'  at frame\n'.repeat(2_000_000)}${lineAt(START + HOUR_MS, 'y').text}`
    expect(await findSpan(fileOf(long), range, {})).toEqual({
      reason: 'a long part of it does not say when it was written',
    })
  })

  it('takes a range without an end to wherever the file will grow', async () => {
    const file = fileOf(lineAt(START, 'x').text)
    expect(await findSpan(file, { sinceMs: START, untilMs: Infinity }, {})).toEqual({ span: { from: 0, to: Infinity } })
  })
})
