/**
 * The rotation proof by command:
 *
 *     node --conditions=@logflow/source packages/tailer/test/rotation-proof.ts [FIRST-SEED] [SCHEDULES] [SHOWN] [packed] [restarts] [hardships]
 *
 * Runs a schedule for each seed, tells how many failed and of what, and prints the first of each kind as its shortest
 * case. With `packed` rotated files are packed in the same schedules, with `restarts` a pattern is followed by one reader
 * after the other, with `hardships` the system fails in between. Exit code 1 when one failed.
 */
import { writeSync } from 'node:fs'
import {
  formatRotationSchedule,
  rotationSchedule,
  runRotationSchedule,
  shrinkSchedule,
} from '../../testkit/src/index.ts'
import { followModel } from './followed-model.ts'

const [first = 0, schedules = 1_000_000, shown = 10] = process.argv.slice(2, 5).map(Number)
const asked = (word: string): boolean => process.argv.includes(word)
const additions = { packs: asked('packed'), restarts: asked('restarts'), hardships: asked('hardships') }
const scheduleOf = (seed: number): ReturnType<typeof rotationSchedule> => rotationSchedule(seed, additions)
const TOLD_EVERY = 50_000
// Most of what is asked of the model names nothing, and nobody reads where in the code it was.
Error.stackTraceLimit = 0

const say = (text: string): void => void writeSync(1, `${text}\n`)

/** What went wrong, without its numbers. */
async function kindOf(schedule: ReturnType<typeof rotationSchedule>): Promise<string | undefined> {
  const wrong = await runRotationSchedule(schedule, followModel)
  return wrong?.replace(/\d+/g, '#').replace(/".*"/, '""')
}

const failed = new Map<string, number[]>()
for (let seed = first; seed < first + schedules; seed++) {
  const kind = await kindOf(scheduleOf(seed))
  if (kind !== undefined) failed.set(kind, [...(failed.get(kind) ?? []), seed])
  const done = seed - first + 1
  if (done % TOLD_EVERY === 0) say(`${done} schedules, ${[...failed.values()].flat().length} failed`)
}
const failures = [...failed.values()].flat().length
say(`${schedules} schedules from seed ${first}: ${failures} failed`)
for (const [kind, seeds] of [...failed].slice(0, shown)) {
  say(`\n${seeds.length} x ${kind}: seeds ${seeds.slice(0, 20).join(' ')}`)
  const fails = async (shorter: ReturnType<typeof rotationSchedule>): Promise<boolean> =>
    (await kindOf(shorter)) === kind
  say(formatRotationSchedule(await shrinkSchedule(scheduleOf(seeds[0] as number), fails)))
}
process.exitCode = failures > 0 ? 1 : 0
