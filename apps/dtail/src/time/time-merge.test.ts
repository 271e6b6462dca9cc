import { eachLine, lineBatch, systemClock, type Delivery, type LineBatch } from '@logflow/core'
import { FakeClock, settle } from '@logflow/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LineTimes } from './line-times.ts'
import { TimeMerge } from './time-merge.ts'

const START = Date.UTC(2026, 10, 21, 6)

function batchOf(path: string, lines: readonly string[]): LineBatch {
  const bytes = new TextEncoder().encode(lines.map(line => `${line}\n`).join(''))
  return lineBatch({ source: { host: 'h', path, id: path }, bytes })
}

function stamped(second: number, rest: string): string {
  return `${new Date(START + second * 1000).toISOString()} ${rest}`
}

function textsOf(item: Delivery): string[] {
  if (item.kind !== 'lines') return [item.kind]
  return [...eachLine(item)].map(line => new TextDecoder().decode(line).trimEnd())
}

describe('TimeMerge', () => {
  it('gives every line once, oldest first, each lane in its order, however lanes are cut into batches', async () => {
    const lane = fc.array(fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 5 }), { maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(fc.array(lane, { minLength: 1, maxLength: 5 }), async lanes => {
        const out: string[] = []
        const merge = new TimeMerge({
          lanes: lanes.length,
          times: () => new LineTimes({}),
          clock: systemClock,
          emit: async item => void out.push(...textsOf(item)),
        })
        const all: string[] = []
        await Promise.all(
          lanes.map(async (batches, index) => {
            let [second, number] = [0, 0]
            for (const steps of batches) {
              const lines = steps.map(step => stamped((second += step), `${index} ${number++}`))
              all.push(...lines)
              await merge.lanes[index]?.push(batchOf(`f${index}`, lines))
            }
            merge.lanes[index]?.close()
          }),
        )
        expect(out.map(line => line.slice(0, 24))).toEqual(all.map(line => line.slice(0, 24)).sort())
        for (const index of lanes.keys()) {
          const mine = (lines: readonly string[]): string[] => lines.filter(line => line.split(' ')[1] === `${index}`)
          expect(mine(out)).toEqual(mine(all))
        }
      }),
    )
  })

  it('keeps lines without a time behind the one before them', async () => {
    const out: string[] = []
    const merge = new TimeMerge({
      lanes: 2,
      times: () => new LineTimes({}),
      clock: systemClock,
      emit: async item => void out.push(...textsOf(item)),
    })
    const [one, two] = merge.lanes
    await Promise.all([
      one?.push(batchOf('a', [stamped(1, 'crash'), '  at frame', stamped(3, 'again')])).then(() => one.close()),
      two?.push(batchOf('b', [stamped(2, 'other')])).then(() => two.close()),
    ])
    expect(out.map(line => line.replace(/^2026\S+ /, ''))).toEqual(['crash', '  at frame', 'other', 'again'])
  })

  it('lets a line wait for a quiet lane only so long, and tells what fails to whoever pushes', async () => {
    const clock = new FakeClock()
    const out: string[] = []
    let broken = false
    const merge = new TimeMerge({
      lanes: 2,
      times: () => new LineTimes({}),
      maxWaitMs: 1000,
      clock,
      emit: async item => {
        if (broken) throw new Error('nobody reads')
        out.push(...textsOf(item))
      },
    })
    const [busy] = merge.lanes
    const pushed = busy?.push(batchOf('a', [stamped(1, 'waits')]))
    await settle()
    expect(out).toEqual([])
    await clock.advance(1000)
    await pushed
    expect(out).toEqual([stamped(1, 'waits')])
    broken = true
    const failing = busy?.push(batchOf('a', [stamped(2, 'lost')]))
    failing?.catch(() => {})
    await settle()
    await clock.advance(1000)
    await expect(failing).rejects.toThrow('nobody reads')
  })
})
