import { runProgram, type FlagTable, type Program, type Run } from '@logflow/cli'

/** Exit codes in the manner of grep, for `--help`. */
export const grepExitCodes = { 0: 'something was found', 1: 'nothing was found', 2: 'something failed' }

/** Runs a program whose exit code 1 means "nothing found", so that a failure must be 2. */
export async function runLikeGrep<F extends FlagTable>(
  program: Program<F>,
  main: (run: Run<F>) => Promise<number>,
): Promise<number> {
  let failed = false
  const code = await runProgram(program, async run => {
    try {
      return await main(run)
    } catch (error) {
      failed = true
      throw error
    }
  })
  return failed && code === 1 ? 2 : code
}
