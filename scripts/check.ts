/** What `npm test` and CI run: every check of the house, cheap ones first. `npm test -- lint unit` runs only the named ones. */
import { mkdirSync, rmSync } from 'node:fs'
import { report, type Outcome } from './check/report.ts'
import { resultsDir } from './check/run.ts'
import { steps } from './check/steps.ts'

const wanted = process.argv.slice(2)
const unknown = wanted.filter(name => !steps.some(step => step.name === name))
if (unknown.length > 0) {
  process.stderr.write(`unknown check ${unknown.join(', ')}; there are: ${steps.map(step => step.name).join(', ')}\n`)
  process.exit(2)
}

rmSync(resultsDir, { recursive: true, force: true })
mkdirSync(resultsDir, { recursive: true })
const outcomes: Outcome[] = []
for (const step of steps) {
  if (wanted.length > 0 && !wanted.includes(step.name)) continue
  const started = performance.now()
  process.stdout.write(`\n== ${step.name}: ${step.about}\n`)
  let outcome: Omit<Outcome, 'name' | 'seconds'>
  try {
    outcome = await step.run()
  } catch (error) {
    outcome = { passed: 0, failed: 1, notes: [String((error as Error).message)] }
  }
  const seconds = (performance.now() - started) / 1000
  outcomes.push({ ...outcome, name: step.name, seconds })
  for (const note of outcome.notes) process.stdout.write(`${note}\n`)
}
process.exitCode = report(outcomes)
