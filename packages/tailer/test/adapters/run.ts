/**
 * Runs the test suite that npm `tail` or `@logdna/tail-file` publishes against the adapter over `@logflow/tailer`, in a
 * copy below a temporary folder: `node --conditions=@logflow/source packages/tailer/test/adapters/run.ts FOLDER...`.
 * A folder is a checkout, or a git directory without one. What the suite needs is installed into the copy by npm.
 *
 * Exit code 0: every test passed.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'

interface TestResult {
  readonly title: string
  readonly passed: boolean
  /** What failed in it, one line each. */
  readonly failures: readonly string[]
}

interface Suite {
  /** The module that the suite loads, and what is put there. */
  readonly module: string
  readonly code: string
  /** What it needs of its own development dependencies. */
  readonly needs: readonly string[]
  readonly run: (folder: string) => TestResult[]
}

const TAP_LIMIT_MS = 15_000

const adapter = (name: string): string => JSON.stringify(join(import.meta.dirname, name))

const suites: Readonly<Record<string, Suite>> = {
  tail: {
    module: 'src/tail.js',
    code: `exports.Tail = require(${adapter('node-tail.ts')}).Tail\n`,
    needs: ['mocha', 'chai'],
    run: runMocha,
  },
  '@logdna/tail-file': {
    module: 'index.js',
    code: `module.exports = require(${adapter('tail-file.ts')}).TailFile\n`,
    needs: ['tap'],
    run: runTap,
  },
}

function copyOf(folder: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'logflow-suite-'))
  if (existsSync(join(folder, 'package.json'))) {
    cpSync(folder, copy, { recursive: true, filter: path => !['node_modules', '.git'].includes(basename(path)) })
    return copy
  }
  const archive = execFileSync('git', [`--git-dir=${folder}`, 'archive', 'HEAD'], { maxBuffer: 256 * 1024 * 1024 })
  execFileSync('tar', ['-x', '-C', copy], { input: archive })
  return copy
}

function install(folder: string, { needs, module, code }: Suite, manifest: Manifest): void {
  const wanted = needs.map(name => `${name}@${manifest.devDependencies[name] ?? '*'}`)
  // Beside the suite, so that nothing else that it asks for is installed.
  const bare = { name: 'suite', private: true }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(bare))
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', ...wanted], { cwd: folder })
  writeFileSync(join(folder, module), code)
}

interface Manifest {
  readonly name: string
  readonly version: string
  readonly devDependencies: Readonly<Record<string, string>>
}

/** What a program of the suite prints. The adapter is loaded first: the loader that tap puts in reads no types. */
function output(command: readonly string[], cwd: string, adapterFile: string): string {
  const NODE_OPTIONS =
    '--conditions=@logflow/source --disable-warning=ExperimentalWarning --require ' + adapter(adapterFile)
  const [program = '', ...args] = command
  const env = { ...process.env, NODE_OPTIONS }
  const done = spawnSync(program, args, { cwd, env, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024, timeout: 120_000 })
  if (done.error) throw done.error
  writeFileSync(join(cwd, 'stderr.txt'), done.stderr, { flag: 'a' })
  return done.stdout
}

interface MochaReport {
  readonly tests: readonly { readonly fullTitle: string; readonly err: { readonly message?: string } }[]
}

function runMocha(folder: string): TestResult[] {
  const report = join(folder, 'report.json')
  const reporter = ['--reporter', 'json', '--reporter-option', `output=${report}`]
  output([process.execPath, 'node_modules/mocha/bin/mocha.js', '--exit', ...reporter], folder, 'node-tail.ts')
  const { tests } = JSON.parse(readFileSync(report, 'utf8')) as MochaReport
  return tests.map(({ fullTitle, err }) => {
    const failures = err.message === undefined ? [] : [err.message]
    return { title: fullTitle, passed: failures.length === 0, failures }
  })
}

function runTap(folder: string): TestResult[] {
  // Its tests have no limit of their own: one waits for ever when a private method is not there, and others do not
  // quit what they started when they fail.
  const limits = join(folder, 'limits.cjs')
  writeFileSync(
    limits,
    `const tap = require('tap')
const { test } = tap
const tests = []
tap.setTimeout(0)
tap.test = (title, run) => tests[tests.push(test.call(tap, title, { timeout: ${TAP_LIMIT_MS} }, run)) - 1]
setImmediate(() => Promise.allSettled(tests).then(() => setTimeout(() => process.exit(), 500)))
`,
  )
  const files = readdirSync(join(folder, 'test')).filter(name => name.endsWith('.js') && name !== 'get-symbols.js')
  const run = (name: string): string =>
    output([process.execPath, '--require', limits, join('test', name)], folder, 'tail-file.ts')
  return files.flatMap(name => tapResults(run(name)))
}

/** The outermost tests of a report in the Test Anything Protocol, and what failed within each. */
function tapResults(report: string): TestResult[] {
  const results: TestResult[] = []
  let failures: string[] = []
  for (const line of report.split('\n')) {
    const found = /^( *)(not )?ok \d+(?: - (.*?))?(?: # time.*?)?(?: \{)?$/.exec(line)
    if (!found) continue
    const [, indent, not, title = ''] = found
    if (indent !== '') {
      if (not) failures.push(title)
      continue
    }
    results.push({ title, passed: !not, failures })
    failures = []
  }
  return results
}

function main(folders: readonly string[]): number {
  if (folders.length === 0) throw new Error('usage: run.ts FOLDER...')
  let bad = 0
  for (const folder of folders) {
    const copy = copyOf(resolve(folder))
    const manifest = JSON.parse(readFileSync(join(copy, 'package.json'), 'utf8')) as Manifest
    const suite = suites[manifest.name]
    if (!suite) throw new Error(`${folder} is ${manifest.name}, not one of ${Object.keys(suites).join(', ')}`)
    install(copy, suite, manifest)
    const results = suite.run(copy)
    console.log(`${manifest.name} ${manifest.version}`)
    for (const { title, passed, failures } of results) {
      console.log(`  ${passed ? 'passed' : 'FAILED'} ${title}`)
      for (const failure of failures) console.log(`           ${failure}`)
    }
    const passed = results.filter(result => result.passed).length
    console.log(`  ${passed} passed, ${results.length - passed} failed`)
    bad += results.length === 0 ? 1 : results.length - passed
    if (process.env['KEEP'] === undefined) rmSync(copy, { recursive: true })
    else console.log(`  kept: ${copy}`)
  }
  return bad === 0 ? 0 : 1
}

process.exitCode = main(process.argv.slice(2))
