import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { appendFileSync, closeSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { startPairs, type DtailPair } from '../dtail-pair.ts'
import type { Candidate, Verified } from '../measure.ts'
import { usageOf } from '../process-usage.ts'
import type { RowGroup } from '../row.ts'

const LINES = 1_000_000
/** Lines that are appended before, until one arrives: the client follows. */
const PROBE = 'probe\n'
const PROBE_EVERY_MS = 200
const CHUNK_LINES = 50_000
/** Nothing has come for so long: what is missing will not come. */
const QUIET_MS = 10_000

/** A million lines appended at once to a file that `dtail` follows on one server: from the first append to the last line. */
export const burst: RowGroup = {
  name: 'burst',
  async prepare({ peers }) {
    const pairs = await startPairs(peers)
    const row = {
      name: 'burst',
      what: `${LINES.toLocaleString('en')} lines appended at once to a file that is followed through SSH`,
      inputBytes: Buffer.concat([...chunks()]).length,
      sameOutput: true,
      candidates: pairs.map(candidateOf),
    }
    return { rows: [row], close: async () => void (await Promise.all(pairs.map(pair => pair.close()))) }
  },
}

function candidateOf(pair: DtailPair): Candidate {
  const file = path.join(pair.home, 'burst.log')
  const args = ['--plain', '--servers', `127.0.0.1:${pair.port}`, '--files', file]
  return { ...pair.client('dtail', args), live: candidate => runBurst(candidate, file) }
}

function* chunks(): Generator<Buffer> {
  for (let from = 0; from < LINES; from += CHUNK_LINES) {
    let text = ''
    for (let i = from; i < from + CHUNK_LINES; i++)
      text += `INFO|1121-070000|line ${i} of a burst of many lines from one program\n`
    yield Buffer.from(text)
  }
}

/** The client writes into a file: a pipe would be read, and the burst be written, by this one process. */
async function runBurst(candidate: Candidate, file: string): Promise<Verified> {
  const printed = `${file}.printed`
  writeFileSync(file, '')
  const stdout = openSync(printed, 'w')
  const { command, args, cwd } = candidate
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...candidate.env },
    stdio: ['ignore', stdout, 'ignore'],
  })
  closeSync(stdout)
  while (sizeOf(printed) === 0) {
    appendFileSync(file, PROBE)
    await wait(PROBE_EVERY_MS)
  }
  // Probes that are still on their way come before the burst.
  await wait(2 * PROBE_EVERY_MS)
  const before = sizeOf(printed)
  const data = Buffer.concat([...chunks()])
  const started = performance.now()
  appendFileSync(file, data)
  const endedAtMs = await untilGrown(printed, before + data.length)
  const run = { wallMs: endedAtMs - started, ...usageOf(child.pid), code: 0 }
  const gone = new Promise(resolve => child.once('close', resolve))
  child.kill('SIGKILL')
  await gone
  const bytes = readFileSync(printed).subarray(before)
  return { run, output: { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') } }
}

/** When the file had its last byte: all of them, or the one after which nothing came. */
async function untilGrown(file: string, size: number): Promise<number> {
  let [seen, seenAtMs] = [sizeOf(file), performance.now()]
  while (seen < size && performance.now() - seenAtMs < QUIET_MS) {
    await wait(2)
    const now = sizeOf(file)
    if (now > seen) [seen, seenAtMs] = [now, performance.now()]
  }
  return seenAtMs
}

function sizeOf(file: string): number {
  return statSync(file).size
}
