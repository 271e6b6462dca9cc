import { describe, expect, it } from 'vitest'
import { rotationSchedule, runRotationSchedule } from '../../testkit/src/index.ts'
import { followModel } from './followed-model.ts'

const SCHEDULES = 10_000
/** Histories that are known to go wrong; SPEC.md says of which kinds they are. Every run finds the same ones. */
const KNOWN_TO_FAIL = 1

describe('following', () => {
  it(
    'loses nothing in silence and repeats nothing in 10,000 histories of rotation, but for the few that are known',
    { timeout: 600_000 },
    async () => {
      const failed: string[] = []
      for (let seed = 0; seed < SCHEDULES; seed++) {
        const wrong = await runRotationSchedule(rotationSchedule(seed), followModel)
        if (wrong !== undefined) failed.push(`${seed}: ${wrong}`)
      }
      expect(failed.length, failed.join('\n')).toBeLessThanOrEqual(KNOWN_TO_FAIL)
    },
  )
})
