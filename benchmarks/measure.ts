import { spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** A command line to measure. */
export interface Candidate {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** `ours` is compared with every `peer`; a `floor` is what the machine can do at all. */
  readonly kind: 'ours' | 'peer' | 'floor'
}

/** One run of a candidate: process start to exit, its output read to the end. */
export interface Run {
  readonly wallMs: number
  /** User and system time of the process and its children. */
  readonly cpuMs: number
  readonly peakRssBytes: number
  readonly outputBytes: number
  readonly outputSha256: string
  readonly code: number | null
}

const TIME = '/usr/bin/time'

/** Runs once. CPU time and memory come from GNU time where it is installed, else from /proc, which is a little late. */
export async function measure(candidate: Candidate): Promise<Run> {
  const dir = mkdtempSync(path.join(tmpdir(), 'logflow-bench-'))
  chmodSync(dir, 0o777) // a peer that runs as nobody keeps its log here
  const report = path.join(dir, 'time')
  const gnuTime = existsSync(TIME)
  const [command, args] = gnuTime
    ? [TIME, ['-f', '%U %S %M', '-o', report, '--', candidate.command, ...candidate.args]]
    : [candidate.command, [...candidate.args]]
  const devNull = openSync('/dev/null', 'r')
  const hash = createHash('sha256')
  let outputBytes = 0
  const started = performance.now()
  try {
    const child = spawn(command, args, {
      cwd: candidate.cwd ?? dir,
      env: { ...process.env, HOME: dir, ...candidate.env },
      stdio: [devNull, 'pipe', 'ignore'],
    })
    const sampler = gnuTime ? undefined : sampleProc(child)
    child.stdout?.on('data', (chunk: Buffer) => {
      hash.update(chunk)
      outputBytes += chunk.length
    })
    const code = await new Promise<number | null>((resolve, reject) =>
      child.once('error', reject).once('close', resolve),
    )
    const wallMs = performance.now() - started
    const used = sampler ? sampler() : readTime(report)
    return { wallMs, ...used, outputBytes, outputSha256: hash.digest('hex'), code }
  } finally {
    closeSync(devNull)
    rmSync(dir, { recursive: true, force: true })
  }
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
      const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
      cpuMs = (Number(stat[11]) + Number(stat[12])) * 10
      peakRssBytes = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) * 1024
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

/** Runs every candidate once per round, A B C A B C, so that what the machine does hits all alike. */
export async function interleaved(
  candidates: readonly Candidate[],
  rounds: number,
  onRound: (round: number) => void,
): Promise<ReadonlyMap<string, readonly Run[]>> {
  const runs = new Map<string, Run[]>(candidates.map(({ name }) => [name, []]))
  for (const candidate of candidates) await measure(candidate) // warms the page cache, not counted
  for (let round = 0; round < rounds; round++) {
    onRound(round)
    for (const candidate of candidates) runs.get(candidate.name)?.push(await measure(candidate))
  }
  return runs
}
