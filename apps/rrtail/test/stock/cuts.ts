/** cuts [NUMBER [SEED]]: cuts rrtail's connection to a stock sshd that often, and compares what came to what was written. */
import { runCuts } from './cut-run.ts'

const cuts = Number(process.argv[2] ?? 200)
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000)
const outcome = await runCuts(cuts, seed, text => process.stdout.write(text))
if (outcome) {
  const { recoveryMs, stderr, ...facts } = outcome
  const sorted = [...recoveryMs].sort((a, b) => a - b)
  const [median, worst] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)].map(ms => Math.round(ms ?? 0))
  process.stdout.write(`${JSON.stringify({ seed, ...facts, recoveryMs: { median, worst } }, null, 2)}\n${stderr}`)
}
process.exitCode = outcome?.same === true ? 0 : 1
