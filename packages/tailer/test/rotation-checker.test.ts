import { describe, expect, it } from 'vitest'
import { rotationSchedule, runRotationSchedule, shrinkSchedule, type OpenReader } from '../../testkit/src/index.ts'
import { brokenTailers } from './broken-tailers.ts'
import { followModel } from './followed-model.ts'

/** The first schedule that the real tailer holds and this one does not. */
async function caught(open: OpenReader): Promise<{ seed: number; wrong: string; steps: number }> {
  for (let seed = 0; seed < 500; seed++) {
    const schedule = rotationSchedule(seed)
    const wrong = await runRotationSchedule(schedule, open)
    if (wrong === undefined || (await runRotationSchedule(schedule, followModel)) !== undefined) continue
    const fails = async (shorter: typeof schedule): Promise<boolean> =>
      (await runRotationSchedule(shorter, open)) !== undefined &&
      (await runRotationSchedule(shorter, followModel)) === undefined
    const { steps } = await shrinkSchedule(schedule, fails, 300)
    return { seed, wrong, steps: steps.length }
  }
  throw new Error('it was not caught')
}

describe('the rotation proof', () => {
  for (const [defect, open] of Object.entries(brokenTailers)) {
    it(`catches a tailer that ${defect}, and shrinks the case to a few steps`, async () => {
      const { wrong, steps } = await caught(open)
      expect(wrong).toMatch(/not delivered|twice|neither|nothing that was written|to be lost|join/)
      expect(steps).toBeLessThanOrEqual(10)
    })
  }

  it('runs a schedule the same way every time', async () => {
    const open = brokenTailers['hides a gap'] as OpenReader
    const runs = async (): Promise<(string | undefined)[]> => {
      const found = []
      for (let seed = 0; seed < 40; seed++) found.push(await runRotationSchedule(rotationSchedule(seed), open))
      return found
    }
    expect(await runs()).toEqual(await runs())
  })
})
