import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort, waitForPort } from './ports.ts'

const native = path.resolve(import.meta.dirname, 'native')
const run = promisify(execFile)
/** Long enough for a server that accepts slowly; what is not there by then counts as failed. */
const LOAD_TIMEOUT_MS = 150_000
/** Start-up is over when a server has been idle for so long; its CPU time and memory are read then. */
const SETTLE_MS = 400

/** What native/readers.c prints; times in ms, `failed` counts readers that were closed or never served. */
export interface Load {
  readonly readers: number
  readonly stalled: number
  readonly failed: number
  readonly wallMs?: number
  readonly firstBytesMs?: number
  readonly bytes?: number
  readonly acceptedMs?: number
  readonly p50Ms?: number
  readonly p99Ms?: number
  readonly rssBefore: number
  readonly rssWith: number
  /** CPU time of the server while the readers were there, its threads in the kernel included; rounded to 10 ms. */
  readonly serverCpuMs: number
}

/** A server to start: `PORT` and `FILE` in its arguments are replaced. */
export interface LoadedServer {
  readonly command: string
  readonly args: readonly string[]
}

/** The programs in native/, compiled; `undefined` without gcc, which is said aloud. */
export function compileNative(dir: string, name: string): string | undefined {
  const output = path.join(dir, name)
  mkdirSync(dir, { recursive: true })
  const { status } = spawnSync('gcc', ['-O2', '-Wall', '-o', output, path.join(native, `${name}.c`)], {
    stdio: 'inherit',
  })
  if (status === 0 && existsSync(output)) return output
  process.stderr.write(`bench: no gcc: ${name}.c cannot be compiled, the row tailsrv is left out\n`)
  return undefined
}

/** One load on a server of its own. `FILE` in the words for the readers is the served file, which they may append to. */
export async function loadOnce(
  server: LoadedServer,
  readers: string,
  {
    file,
    words,
    appends,
  }: {
    readonly file: string
    readonly words: (port: number, file: string) => readonly string[]
    /** Whether the readers write to the file: then it is a copy. */
    readonly appends: boolean
  },
): Promise<Load> {
  const served = appends ? `${file}.${process.pid}` : file
  if (appends) copyFileSync(file, served)
  try {
    return await withServer(server, served, async ({ port, pid, cpuMs }) => {
      const { stdout } = await run(readers, words(port, served), {
        env: { ...process.env, SERVER_PID: String(pid) },
        timeout: LOAD_TIMEOUT_MS,
      })
      return { ...(JSON.parse(stdout) as Omit<Load, 'serverCpuMs'>), serverCpuMs: cpuMs() }
    })
  } finally {
    if (appends) rmSync(served, { force: true })
  }
}

/** A server that has started and is at rest. */
export interface RunningServer {
  readonly port: number
  readonly pid: number | undefined
  /** CPU time since it has been at rest. */
  readonly cpuMs: () => number
}

/** Starts a server of `served`, which is killed when the work is done. */
export async function withServer<T>(
  server: LoadedServer,
  served: string,
  work: (running: RunningServer) => Promise<T>,
): Promise<T> {
  const port = await freePort()
  const args = server.args.map(word => (word === 'PORT' ? String(port) : word === 'FILE' ? served : word))
  const child = spawn(server.command, args, { stdio: 'ignore', env: { ...process.env, RUST_LOG: 'error' } })
  try {
    await waitForPort(port)
    await sleep(SETTLE_MS)
    const before = cpuMsOf(child)
    return await work({ port, pid: child.pid, cpuMs: () => cpuMsOf(child) - before })
  } finally {
    const exited = once(child, 'exit')
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await exited
    }
  }
}

/** 0 when it has ended. */
function cpuMsOf({ pid }: ChildProcess): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) * 10
  } catch {
    return 0
  }
}
