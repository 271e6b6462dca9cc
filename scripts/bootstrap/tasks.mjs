import { performance } from 'node:perf_hooks'
import path from 'node:path'
import process from 'node:process'
import { root } from './paths.mjs'
import { step } from './progress.mjs'
import { runHere, runQuietly } from './run.mjs'

/** What can be started, and whether the programs must be built for it first. */
export const tasks = {
  demo: { script: 'demo/main.ts', build: true },
  test: { script: 'scripts/check.ts', build: false },
  bench: { script: 'benchmarks/main.ts', build: true },
  dev: { script: 'demo/main.ts', build: false, args: ['--dev'] },
}

/**
 * Builds when the task needs it, then runs the task's script on the pinned Node.
 *
 * @returns {Promise<number>} exit code
 */
export async function runTask({ task, args, toolchain, started }) {
  const { script, build, args: given = [] } = tasks[task]
  const { node, env } = toolchain
  if (build)
    await step('programs built', async () => {
      const turbo = path.join(root, 'node_modules/turbo/bin/turbo')
      const output = await runQuietly(node, [turbo, 'run', 'bundle', '--output-logs=errors-only', '--no-color'], {
        env,
      })
      return /Cached:\s+(\d+) cached, (\d+) total/.exec(output)?.slice(1).join(' of ').concat(' from the cache')
    })
  process.stderr.write(`✓ ready after ${((performance.now() - started) / 1000).toFixed(1)} s\n`)
  const rest = args[0] === '--' ? args.slice(1) : args
  return runHere(
    node,
    [
      '--conditions=@logflow/source',
      '--disable-warning=ExperimentalWarning',
      path.join(root, script),
      ...given,
      ...rest,
    ],
    env,
  )
}
