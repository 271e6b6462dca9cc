import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

export const root: string = path.resolve(import.meta.dirname, '../..')
/** Reports of the test runner, packed packages: what the checks leave for each other. */
export const resultsDir: string = path.join(root, '.logflow/results')

/** Counts and the lines a person should read. */
export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly notes: readonly string[]
}

/** Options of {@link runTool}. */
export interface ToolOptions {
  readonly node?: string
  readonly env?: Readonly<Record<string, string>>
  /** Whether its output goes to this terminal as it comes, instead of only after a failure. */
  readonly live?: boolean
}

/** Runs a Node program of the workspace. Resolves with its exit code and what it printed. */
export function runTool(
  script: string,
  args: readonly string[],
  options: ToolOptions = {},
): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(options.node ?? process.execPath, [path.join(root, script), ...args], {
      cwd: root,
      // Colours belong on a terminal; in a file of CI they are noise.
      env: { ...process.env, ...(process.stdout.isTTY ? {} : { NO_COLOR: '1' }), ...options.env },
      stdio: ['ignore', options.live ? 'inherit' : 'pipe', options.live ? 'inherit' : 'pipe'],
    })
    let output = ''
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.on('error', reject)
    child.on('close', code => resolve({ code: code ?? 1, output }))
  })
}

/** A tool whose exit code is the verdict: one check. Its output is shown only when it failed. */
export async function oneCheck(script: string, args: readonly string[], options?: ToolOptions): Promise<Counts> {
  const { code, output } = await runTool(script, args, options)
  return code === 0 ? { passed: 1, failed: 0, notes: [] } : { passed: 0, failed: 1, notes: [output.trimEnd()] }
}

interface VitestReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numFailedTestSuites: number
  readonly testResults: readonly { readonly assertionResults: readonly TestResult[] }[]
}

interface TestResult {
  readonly status: string
  readonly fullName: string
}

/** A run of the test runner, with its tests as the counts. A file that does not even load counts as a failure. */
export async function vitest(name: string, args: readonly string[], options: ToolOptions = {}): Promise<Counts> {
  const file = path.join(resultsDir, `${name}.json`)
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${file}`]
  const { code } = await runTool('node_modules/vitest/vitest.mjs', ['run', ...args, ...reporters], {
    ...options,
    live: true,
  })
  if (!existsSync(file)) return { passed: 0, failed: 1, notes: [`vitest ended with ${code} and no report`] }
  const report = JSON.parse(readFileSync(file, 'utf8')) as VitestReport
  const failed = report.numFailedTests + (report.numFailedTests === 0 && code !== 0 ? 1 : 0)
  return { passed: report.numPassedTests, failed, notes: skippedNotes(report) }
}

function skippedNotes({ numPendingTests, testResults }: VitestReport): string[] {
  if (numPendingTests === 0) return []
  const skipped = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status !== 'passed' && status !== 'failed')
  const names = skipped.map(({ fullName }) => `  - ${fullName}`)
  return [`${numPendingTests} tests did not apply on this runtime or machine:`, ...names]
}

/** Adds counts up. */
export function total(counts: readonly Counts[]): Counts {
  return {
    passed: counts.reduce((sum, count) => sum + count.passed, 0),
    failed: counts.reduce((sum, count) => sum + count.failed, 0),
    notes: counts.flatMap(count => count.notes),
  }
}
