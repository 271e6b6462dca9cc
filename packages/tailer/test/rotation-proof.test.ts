import { describe, expect, it } from 'vitest'
import { rotationSchedule, runRotationSchedule, type ScheduleAdditions } from '../../testkit/src/index.ts'
import { followModel } from './followed-model.ts'

async function failures(schedules: number, additions: ScheduleAdditions = {}): Promise<string[]> {
  const failed: string[] = []
  for (let seed = 0; seed < schedules; seed++) {
    const wrong = await runRotationSchedule(rotationSchedule(seed, additions), followModel)
    if (wrong !== undefined) failed.push(`${seed}: ${wrong}`)
  }
  return failed
}

describe('following', () => {
  it('loses nothing in silence and repeats nothing in 10,000 histories of rotation', { timeout: 600_000 }, async () => {
    expect(await failures(10_000)).toEqual([])
  })

  it('nor in 1,000 of them in which rotated files are packed', { timeout: 600_000 }, async () => {
    expect(await failures(1000, { packs: true })).toEqual([])
  })

  it('nor in 1,000 of them with a pattern that one reader after the other follows', { timeout: 600_000 }, async () => {
    expect(await failures(1000, { restarts: true })).toEqual([])
  })

  it('nor in 1,000 of them among which the system fails', { timeout: 600_000 }, async () => {
    expect(await failures(1000, { hardships: true })).toEqual([])
  })
})
