import { describe, expect, it } from 'vitest'
import { rotationSchedule, runRotationSchedule } from '../../testkit/src/index.ts'
import { followModel } from './followed-model.ts'

const SCHEDULES = 10_000

describe('following', () => {
  it('loses nothing in silence and repeats nothing in 10,000 histories of rotation', { timeout: 600_000 }, async () => {
    const failed: string[] = []
    for (let seed = 0; seed < SCHEDULES; seed++) {
      const wrong = await runRotationSchedule(rotationSchedule(seed), followModel)
      if (wrong !== undefined) failed.push(`${seed}: ${wrong}`)
    }
    expect(failed).toEqual([])
  })
})
