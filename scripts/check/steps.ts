import { prepareNode } from '../bootstrap/toolchain.mjs'
import { checkLayout } from './layout.ts'
import { checkPackages } from './packages.ts'
import { oneCheck, runTool, total, vitest, type Counts } from './run.ts'

/** One check of the house. */
export interface Step {
  readonly name: string
  readonly about: string
  readonly run: () => Promise<Counts>
}

/** The oldest Node that the libraries promise. */
export const OLDEST_NODE = '20.19.0'

/** In the order they run: cheap ones first. */
export const steps: readonly Step[] = [
  {
    name: 'format',
    about: 'prettier',
    run: () => oneCheck('node_modules/prettier/bin/prettier.cjs', ['--check', '--log-level=warn', '.']),
  },
  { name: 'layout', about: 'no file over 400 lines, no folder that says nothing, READMEs in shape', run: checkLayout },
  { name: 'types', about: 'tsc', run: () => oneCheck('node_modules/typescript/bin/tsc', ['-p', 'tsconfig.json']) },
  {
    name: 'lint',
    about: 'eslint',
    run: () =>
      oneCheck('node_modules/eslint/bin/eslint.js', [
        '--cache',
        '--cache-location',
        'node_modules/.cache/eslint/',
        '.',
      ]),
  },
  { name: 'rules', about: 'who may import whom, and the picture of it', run: checkRules },
  {
    name: 'unit',
    about: 'unit and property tests on the pinned Node',
    run: () => vitest('unit', ['--project', 'unit']),
  },
  { name: 'unit-20', about: `the libraries' tests on Node ${OLDEST_NODE}`, run: unitOnOldestNode },
  {
    name: 'build',
    about: 'libraries, declarations, programs, addon',
    run: () =>
      oneCheck('node_modules/turbo/bin/turbo', ['run', 'build', 'bundle', '--output-logs=errors-only', '--no-color']),
  },
  { name: 'packages', about: 'publint and are-the-types-wrong on every packed package', run: checkPackages },
  {
    name: 'docs',
    about: 'typedoc without a warning',
    run: () => oneCheck('node_modules/typedoc/bin/typedoc', ['--logLevel', 'Warn']),
  },
  { name: 'programs', about: 'spawned programs, packed packages, interop, faults', run: programTests },
  { name: 'demo', about: 'npm run demo -- --once', run: () => demoOnce() },
]

async function checkRules(): Promise<Counts> {
  const cruise = 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs'
  return total([
    await oneCheck(cruise, ['--config', '.dependency-cruiser.cjs', 'packages', 'apps']),
    await oneCheck('scripts/picture.ts', ['--check']),
  ])
}

async function unitOnOldestNode(): Promise<Counts> {
  return vitest('unit-20', ['--project', 'unit', 'packages/'], { node: await prepareNode(OLDEST_NODE) })
}

async function programTests(): Promise<Counts> {
  return vitest('programs', ['--project', 'programs'], { env: { LOGFLOW_OLDEST_NODE: await prepareNode(OLDEST_NODE) } })
}

async function demoOnce(): Promise<Counts> {
  const { code } = await runTool('demo/main.ts', ['--once'], { live: true })
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, notes: [] }
}
