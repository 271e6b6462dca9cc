import { describe, expect, it } from 'vitest'
import { parseRotationSchedule, runRotationSchedule, type RotationProfile } from '../../testkit/src/index.ts'
import { followModel } from './followed-model.ts'

const plain: RotationProfile = {
  pattern: 'path',
  linked: false,
  births: true,
  tickMs: 1,
  hears: 'all',
  equalHeads: false,
  seeks: false,
  batchBytes: 4096,
  idleMs: 0,
}

/** A history of a file and its reader in which nothing may be lost in silence or repeated. */
export interface History {
  /** What the reader has to do for that. */
  readonly says: string
  readonly profile?: Partial<RotationProfile>
  /** As `RotationStep` has them, separated by `, `. */
  readonly steps: string
}

/** A test for each of them, over a model file system. */
export function describeHistories(name: string, histories: readonly History[]): void {
  describe(name, () => {
    for (const { says, profile, steps } of histories) {
      it(says, async () => {
        const text = ['seed 0', JSON.stringify({ ...plain, ...profile }), ...steps.split(', ')].join('\n')
        expect(await runRotationSchedule(parseRotationSchedule(text), followModel)).toBeUndefined()
      })
    }
  })
}
