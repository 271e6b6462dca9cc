import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { usageOf } from './process-usage.ts'
import { openDrain, openHash, type Output, type Sink } from './sink.ts'

/** A command line to measure. */
export interface Candidate {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** `ours` is compared with every `peer`; a `floor` is what the machine can do at all. */
  readonly kind: 'ours' | 'peer' | 'floor'
  /** It says the same in other words, so that its output is not compared. */
  readonly ownWords?: boolean
  /** For a program that does not end by itself: runs it once and measures the part that counts. */
  readonly live?: (candidate: Candidate) => Promise<Verified>
}

/** One run of a candidate: process start to exit, its output read to the end. */
export interface Run {
  readonly wallMs: number
  /** User and system time of the process and its children, without who reads the output. */
  readonly cpuMs: number
  readonly peakRssBytes: number
  readonly code: number | null
}

/** What a candidate did in the run that looks at what it writes. */
export interface Verified {
  readonly run: Run
  readonly output: Output
}

/** All runs of a candidate. */
export interface Measured {
  /** The run before the others; its times do not count. */
  readonly verified: Verified
  readonly runs: readonly Run[]
}

const TIME = '/usr/bin/time'

/** Runs once, and looks at what comes out. */
export async function verify(candidate: Candidate): Promise<Verified> {
  if (candidate.live) return candidate.live(candidate)
  return inFolder(async (dir, devNull) => {
    const sink = openHash(dir)
    const run = await runOnce(candidate, { dir, devNull, sink })
    return { run, output: sink.output() }
  })
}

/** Runs once, its output into a drain that costs as little as can be and the same for everybody. */
async function measure(candidate: Candidate): Promise<Run> {
  if (candidate.live) return (await candidate.live(candidate)).run
  return inFolder((dir, devNull) => runOnce(candidate, { dir, devNull, sink: openDrain(dir, devNull) }))
}

async function inFolder<T>(use: (dir: string, devNull: number) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(path.join(tmpdir(), 'logflow-bench-'))
  chmodSync(dir, 0o777) // a peer that runs as nobody keeps its log here
  const devNull = openSync('/dev/null', 'r+')
  try {
    return await use(dir, devNull)
  } finally {
    closeSync(devNull)
    rmSync(dir, { recursive: true, force: true })
  }
}

/** CPU time and memory come from GNU time where it is installed, else from /proc, which is a little late. */
async function runOnce(
  candidate: Candidate,
  { dir, devNull, sink }: { readonly dir: string; readonly devNull: number; readonly sink: Sink },
): Promise<Run> {
  const report = path.join(dir, 'time')
  const gnuTime = existsSync(TIME)
  const [command, args] = gnuTime
    ? [TIME, ['-f', '%U %S %M', '-o', report, '--', candidate.command, ...candidate.args]]
    : [candidate.command, [...candidate.args]]
  const started = performance.now()
  const child = spawn(command, args, {
    cwd: candidate.cwd ?? dir,
    env: { ...process.env, HOME: dir, ...candidate.env },
    stdio: [devNull, sink.descriptor, 'ignore'],
  })
  closeSync(sink.descriptor)
  const sampler = gnuTime ? undefined : sampleProc(child)
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
  await sink.drained
  const wallMs = performance.now() - started
  return { wallMs, ...(sampler ? sampler() : readTime(report)), code }
}

function readTime(report: string): { readonly cpuMs: number; readonly peakRssBytes: number } {
  const last = readFileSync(report, 'utf8').trim().split('\n').at(-1) ?? ''
  const [user = 0, system = 0, kib = 0] = last.split(' ').map(Number)
  return { cpuMs: (user + system) * 1000, peakRssBytes: kib * 1024 }
}

/** Looks at /proc every few milliseconds; what happens between the last look and the exit is not seen. */
function sampleProc(child: ChildProcess): () => { readonly cpuMs: number; readonly peakRssBytes: number } {
  let [cpuMs, peakRssBytes] = [0, 0]
  const look = (): void => {
    try {
      ;({ cpuMs, peakRssBytes } = usageOf(child.pid))
    } catch {
      // It has ended between two looks.
    }
  }
  const timer = setInterval(look, 2)
  return () => {
    clearInterval(timer)
    return { cpuMs, peakRssBytes }
  }
}

/**
 * Runs every candidate once per round, A B C A B C, so that what the machine does hits all alike.
 *
 * @throws the signal's reason: what was told to stop ends its programs and servers, too, and such a run measures nothing
 */
export async function interleaved(
  candidates: readonly Candidate[],
  { rounds, signal }: { readonly rounds: number; readonly signal: AbortSignal },
): Promise<ReadonlyMap<string, Measured>> {
  const measured = new Map<string, { readonly verified: Verified; readonly runs: Run[] }>()
  // Warms the page cache, too.
  for (const candidate of candidates) {
    measured.set(candidate.name, { verified: await verify(candidate), runs: [] })
    signal.throwIfAborted()
  }
  for (let round = 0; round < rounds; round++) {
    for (const candidate of candidates) {
      measured.get(candidate.name)?.runs.push(await measure(candidate))
      signal.throwIfAborted()
    }
  }
  return measured
}
