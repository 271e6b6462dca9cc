import { fork } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import * as module from 'node:module'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { accessLog } from '../access-log.ts'
import { builtTailerUrl } from '../built-tailer.ts'
import type { Candidate } from '../measure.ts'
import type { FollowerFigures } from '../quiet-follower.ts'
import type { Bench, PreparedRow, RowGroup } from '../row.ts'

const QUIET_FILES = 20_000
const ACTIVE_FILES = 20
const WRITES = 400
const WRITE_EVERY_MS = 50
/** From the start until memory and idle CPU are looked at: what starting left behind is gone by then. */
const SETTLE_MS = 60_000
const IDLE_MS = 10_000

/** A big file that is followed from its start, as bytes and as lines, to its last byte. */
export const tailer: RowGroup = {
  name: 'tailer',
  async prepare(bench) {
    const input = await accessLog(bench.dir, { size: bench.size, seed: bench.seed })
    const reader = readerOf(bench, input.path, input.bytes)
    const row = { inputBytes: input.bytes, sameOutput: true }
    const peers = [...reader('tail-file', '@logdna/tail-file', 'peer'), ...reader('tail', 'npm tail', 'peer')]
    const rows: PreparedRow[] = [
      {
        ...row,
        name: 'tailer raw',
        what: 'follow from the start, as bytes with offsets and a checkpoint',
        candidates: [...reader('raw', 'logflow follow, raw', 'ours'), ...peers, gnuTail(input.path, input.bytes)],
      },
      {
        ...row,
        name: 'tailer lines',
        what: 'follow from the start, as lines with offsets and a checkpoint',
        candidates: [...reader('lines', 'logflow follow', 'ours'), ...peers, gnuTail(input.path, input.bytes)],
      },
    ]
    return { rows, close: async () => {} }
  },
}

/** Thousands of files to which nothing is written, and a few that grow. */
export const tailerQuiet: RowGroup = {
  name: 'tailer-quiet',
  async prepare({ dir }) {
    const folder = path.join(dir, 'quiet')
    mkdirSync(folder, { recursive: true })
    const line = `${'x'.repeat(99)}\n`
    for (let i = 0; i < QUIET_FILES + ACTIVE_FILES; i++) {
      writeFileSync(path.join(folder, `${i}.log`), line.repeat(20))
      utimesSync(path.join(folder, `${i}.log`), 1e9, 1e9)
    }
    const rows = [undefined, path.join(dir, 'quiet.checkpoint')].flatMap(checkpoint =>
      (['idle', 'writes'] as const).map(phase => quietRow(folder, checkpoint, phase)),
    )
    return { rows, close: async () => rmSync(folder, { recursive: true }) }
  },
}

/** What young objects may take, in MB: what starting with thousands of files leaves is not kept then. */
const SMALL_YOUNG = '--max-semi-space-size=2'

function quietRow(folder: string, checkpoint: string | undefined, phase: 'idle' | 'writes'): PreparedRow {
  const files = `${QUIET_FILES.toLocaleString('en')} quiet files and ${ACTIVE_FILES} active`
  const idle = `CPU in ${IDLE_MS / 1000} s without a write, ${SETTLE_MS / 1000} s after the start`
  const writes = `p99 from an append to its batch, ${1000 / WRITE_EVERY_MS} appends a second`
  const name = `tailer ${phase}${checkpoint === undefined ? '' : ', checkpoint'}`
  const candidate = (ours: string, flags: readonly string[]): Candidate => ({
    name: ours,
    kind: 'ours',
    command: process.execPath,
    args: [],
    live: async () => ({
      run: await followQuiet(folder, checkpoint, { phase, flags }),
      output: { bytes: 0, sha256: '' },
    }),
  })
  return {
    name,
    what: `${files}: ${phase === 'idle' ? idle : writes}`,
    inputBytes: 0,
    sameOutput: false,
    candidates: [candidate('logflow follow', []), candidate(`logflow follow, node ${SMALL_YOUNG}`, [SMALL_YOUNG])],
    limit: { wallMs: phase === 'idle' ? IDLE_MS * 1.1 : 20, peakRssMegabytes: 100 },
  }
}

type Run = Awaited<ReturnType<NonNullable<Candidate['live']>>>['run']

/** One follower, from its start. More than 64 descriptors end it with 1. */
async function followQuiet(
  folder: string,
  checkpoint: string | undefined,
  { phase, flags }: { readonly phase: 'idle' | 'writes'; readonly flags: readonly string[] },
): Promise<Run> {
  if (checkpoint !== undefined) rmSync(checkpoint, { force: true })
  const args = [folder, String(QUIET_FILES + ACTIVE_FILES), ...(checkpoint === undefined ? [] : [checkpoint])]
  // Not as this program runs, which takes neighbours as they are written.
  const child = fork(quietFollower(folder), [builtTailerUrl, ...args], { stdio: 'ignore', execArgv: [...flags] })
  try {
    await once(child, 'message')
    await sleep(SETTLE_MS)
    const ask = async (): Promise<FollowerFigures> => {
      const answer = once(child, 'message')
      child.send('figures')
      return (await answer)[0] as FollowerFigures
    }
    const before = await ask()
    if (phase === 'idle') await sleep(IDLE_MS)
    else await writeTo(folder)
    const { cpuMs, rssBytes, descriptors, latenciesMs } = await ask()
    const p99 = latenciesMs[Math.floor(latenciesMs.length * 0.99)] ?? NaN
    const complete = phase === 'idle' || latenciesMs.length === WRITES
    return {
      wallMs: phase === 'idle' ? IDLE_MS : p99,
      cpuMs: cpuMs - before.cpuMs,
      peakRssBytes: rssBytes,
      code: descriptors <= 64 && complete ? 0 : 1,
    }
  } finally {
    const ended = once(child, 'exit')
    child.kill()
    await ended
  }
}

/** The program, without its types, beside the folder. */
function quietFollower(folder: string): string {
  const source = readFileSync(path.resolve(import.meta.dirname, '../quiet-follower.ts'), 'utf8')
  const program = `${folder}-follower.mjs`
  // Types of Node 20, which libraries are written for, do not have it.
  const { stripTypeScriptTypes } = module as unknown as { stripTypeScriptTypes: (code: string) => string }
  writeFileSync(program, stripTypeScriptTypes(source))
  return program
}

async function writeTo(folder: string): Promise<void> {
  for (let i = 0; i < WRITES; i++) {
    const file = path.join(folder, `${QUIET_FILES + (i % ACTIVE_FILES)}.log`)
    appendFileSync(file, `${Number(process.hrtime.bigint()) / 1e6}\n`)
    await sleep(WRITE_EVERY_MS)
  }
  await sleep(1000)
}

/** A library in a process of its own; those of npm only where they are. */
function readerOf({ dir, peers }: Bench, file: string, bytes: number) {
  const program = path.resolve(import.meta.dirname, '../tail-reader.ts')
  const npm = path.join(peers ?? '', 'npm')
  return (library: string, name: string, kind: Candidate['kind']): Candidate[] => {
    if (kind === 'peer' && (peers === undefined || !existsSync(path.join(npm, 'node_modules')))) return []
    const args = ['--disable-warning=ExperimentalWarning', program, library, file, String(bytes)]
    return [{ name, kind, command: process.execPath, args: [...args, kind === 'peer' ? npm : dir] }]
  }
}

/** It never ends by itself, and notices only at its next write that its reader left. */
function gnuTail(file: string, bytes: number): Candidate {
  const script = `d=$(mktemp -d); mkfifo $d/p; tail -c +1 -F ${file} >$d/p & head -c ${bytes} <$d/p >/dev/null; kill $!; wait; rm -r $d; echo ${bytes}`
  return { name: 'GNU tail -F', kind: 'floor', command: '/bin/sh', args: ['-c', script] }
}
