import type { RotationSchedule } from './rotation-schedule.ts'

/**
 * The shortest schedule that still fails: steps are left out, in halves and then one by one, and numbers are made
 * smaller, as long as `fails` says so. At most `maxRuns` runs.
 */
export async function shrinkSchedule(
  schedule: RotationSchedule,
  fails: (schedule: RotationSchedule) => Promise<boolean>,
  maxRuns = 2000,
): Promise<RotationSchedule> {
  let steps = [...schedule.steps]
  let runs = 0
  const tries = async (fewer: string[]): Promise<boolean> => {
    if (runs++ >= maxRuns || !(await fails({ ...schedule, steps: fewer }))) return false
    steps = fewer
    return true
  }
  for (let before = -1; before !== steps.join().length;) {
    before = steps.join().length
    for (let size = Math.ceil(steps.length / 2); size >= 1; size = Math.floor(size / 2)) {
      for (let at = 0; at < steps.length;) {
        if (!(await tries([...steps.slice(0, at), ...steps.slice(at + size)]))) at += size
      }
    }
    for (let at = 0; at < steps.length; at++) {
      for (const smaller of smallerSteps(steps[at] as string)) if (await tries(steps.with(at, smaller))) break
    }
  }
  return { ...schedule, steps }
}

function smallerSteps(step: string): string[] {
  const [word, number] = step.split(' ')
  const count = Number(number)
  if (!(count > 1)) return []
  return [1, Math.floor(count / 2), count - 1].filter(fewer => fewer < count).map(fewer => `${word} ${fewer}`)
}
