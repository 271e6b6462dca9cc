/** How one check ended. */
export interface Outcome {
  readonly name: string
  readonly passed: number
  readonly failed: number
  readonly notes: readonly string[]
  readonly seconds: number
}

/** Prints a row per check and the closing line; answers the exit code. */
export function report(outcomes: readonly Outcome[]): number {
  process.stdout.write('\n')
  for (const { name, passed, failed, seconds } of outcomes) {
    const mark = failed > 0 ? '✗' : '✓'
    process.stdout.write(
      `${mark} ${name.padEnd(14)} ${String(passed).padStart(5)} passed ${String(failed).padStart(3)} failed  ${seconds.toFixed(1)} s\n`,
    )
  }
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0)
  const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0)
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`)
  return failed > 0 || passed === 0 ? 1 : 0
}
