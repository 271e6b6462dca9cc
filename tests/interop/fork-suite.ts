/**
 * Runs the integration suite of the DTail fork (snonux/dtail) with our programs in the places of its own.
 *
 *     LOGFLOW_PEERS=/path/to/peers node tests/interop/fork-suite.ts [--programs ours|fork] [--run REGEXP] [--log FILE] [--bundle DIR]
 *
 * See README.md beside this file. Ends with 0 when every test passed.
 */
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { rsaPair } from './ssh-keys.ts'

/** The user `nobody`: the programs of the fork refuse to run as root. */
const NOBODY = 65_534
const PROGRAMS = ['dserver', 'dtail', 'dcat', 'dgrep', 'dmap', 'dtailhealth']
const root = process.getuid?.() === 0
const repository = path.resolve(import.meta.dirname, '../..')

/**
 * Fills the folder the suite runs in: tests and fixtures in `integrationtests`, the programs beside it, out of `bundle`
 * or the fork's own, a key pair, a home. Returns the path of the suite.
 */
function prepare(folder: string, peers: string, bundle: string | undefined): string {
  const source = path.join(peers, 'src/F')
  const tests = path.join(folder, 'integrationtests')
  const binary = path.join(folder, 'suite.test')
  const built = spawnSync('go', ['test', '-c', '-vet=off', '-o', binary, './integrationtests'], {
    cwd: source,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (built.status !== 0) throw new Error(`go cannot build the suite in ${source}`)
  cpSync(path.join(source, 'integrationtests'), tests, { recursive: true })
  for (const program of PROGRAMS) {
    const place = path.join(folder, program)
    if (bundle === undefined) cpSync(path.join(peers, 'F', program), place)
    else {
      const run = `'${process.execPath}' '${path.resolve(bundle, `${program}.js`)}' "$@"`
      writeFileSync(place, `#!/bin/sh\n${program === 'dmap' ? lingering(run) : ''}exec ${run}\n`, { mode: 0o755 })
    }
  }
  writeKeyPair(path.join(tests, 'id_rsa'))
  // The fork's clients make a key of their own there, and end when they cannot.
  mkdirSync(path.join(folder, 'home/.ssh'), { recursive: true })
  chmodSync(folder, 0o755)
  if (root) for (const file of ['.', ...allBelow(folder)]) chownSync(path.join(folder, file), NOBODY, NOBODY)
  return binary
}

/**
 * The fork's dmap never ends a query about a journal by itself, ours does. One helper of the suite then loops for ever
 * over output that is closed, unless it looks while the program is still there.
 */
function lingering(run: string): string {
  return `case "$*" in *journal:*) ${run} & trap : TERM; wait $!; code=$?; sleep 0.5; exit $code;; esac\n`
}

function allBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
}

/** The suite needs one and does not make it. */
function writeKeyPair(file: string): void {
  const { privateKey, publicLine } = rsaPair(3072)
  writeFileSync(file, privateKey, { mode: 0o600 })
  writeFileSync(`${file}.pub`, `${publicLine} suite@test\n`)
}

interface Verdicts {
  readonly passed: Set<string>
  readonly failed: Set<string>
  readonly skipped: Set<string>
}

/** Runs the suite and shows each verdict as it falls; all it says goes to `log`. */
async function runSuite(folder: string, binary: string, only: string, log: string | undefined): Promise<Verdicts> {
  const verdicts: Verdicts = { passed: new Set(), failed: new Set(), skipped: new Set() }
  const suite = spawn(binary, ['-test.v', '-test.count=1', '-test.timeout=30m', `-test.run=${only}`], {
    cwd: path.join(folder, 'integrationtests'),
    env: {
      PATH: `/usr/bin:/bin:${path.dirname(process.execPath)}`,
      HOME: path.join(folder, 'home'),
      DTAIL_INTEGRATION_TEST_RUN_MODE: 'yes',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(root ? { uid: NOBODY, gid: NOBODY } : {}),
  })
  let text = ''
  suite.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()))
  const sets = { PASS: verdicts.passed, FAIL: verdicts.failed, SKIP: verdicts.skipped }
  for await (const line of createInterface({ input: suite.stdout })) {
    text += `${line}\n`
    const [, verdict, name] = /^\s*--- (PASS|FAIL|SKIP): (\S+)/.exec(line) ?? []
    if (verdict === undefined || name === undefined) continue
    sets[verdict as keyof typeof sets].add(name)
    if (verdict !== 'PASS' || !name.includes('/')) console.log(line.trim())
  }
  if (log !== undefined) writeFileSync(log, text)
  return verdicts
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      programs: { type: 'string', default: 'ours' },
      run: { type: 'string', default: '.' },
      log: { type: 'string' },
      bundle: { type: 'string', default: path.join(repository, 'apps/dtail/dist') },
      keep: { type: 'boolean', default: false },
    },
  })
  const peers = process.env['LOGFLOW_PEERS']
  if (peers === undefined) throw new Error('LOGFLOW_PEERS must name the folder with F/ and src/F/, see README.md')
  if (values.programs !== 'ours' && values.programs !== 'fork') throw new Error('--programs must be ours or fork')
  const folder = mkdtempSync(path.join(tmpdir(), 'logflow-fork-suite-'))
  try {
    const binary = prepare(folder, peers, values.programs === 'ours' ? values.bundle : undefined)
    const { passed, failed, skipped } = await runSuite(folder, binary, values.run, values.log)
    console.log(`${values.programs}: ${passed.size} passed, ${failed.size} failed, ${skipped.size} skipped`)
    for (const name of failed) console.log(`  failed: ${name}`)
    return failed.size === 0 && passed.size > 0 ? 0 : 1
  } finally {
    if (values.keep) console.log(`left in ${folder}`)
    else rmSync(folder, { recursive: true, force: true })
  }
}

process.exitCode = await main()
