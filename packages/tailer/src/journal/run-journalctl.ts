import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { setTimeout as later } from 'node:timers'

/** How long it may take to end when asked to. */
const STOP_MS = 200

/** What to run, and who hears of it. */
export interface JournalctlRun {
  readonly program: string
  readonly args: readonly string[]
  readonly signal: AbortSignal
  /** A line that it said on stderr. */
  readonly onComplaint: (line: string) => Promise<void>
}

/** `journalctl` at work. */
export interface Journalctl {
  readonly stdout: Readable
  /** Resolves when it ended with 0; rejects when it could not be started, or ended otherwise. */
  readonly ended: Promise<void>
  /** Ends it unless it has ended. Resolves when it is gone. */
  stop(): Promise<void>
}

/** Starts `journalctl` without a shell. What that takes is loaded then: whoever follows files alone has the memory for these. */
async function startJournalctl({ program, args, onComplaint }: Omit<JournalctlRun, 'signal'>): Promise<Journalctl> {
  const { spawn } = await import('node:child_process')
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  // Rejects when the program cannot be started.
  const exited = once(child, 'exit') as Promise<[number | null]>
  exited.catch(() => {}) // told by `ended`
  const complaints = passOn(child.stderr, onComplaint)
  complaints.catch(() => {}) // told by `ended`
  const ended = (async () => {
    const [code] = await exited
    await complaints
    if (code !== 0) throw new Error(`journalctl failed: exit status ${code ?? 'unknown'}`)
  })()
  ended.catch(() => {}) // for whoever waits for it
  return {
    stdout: child.stdout,
    ended,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
      child.kill('SIGTERM')
      later(() => child.kill('SIGKILL'), STOP_MS).unref()
      await exited.catch(() => {}) // told already
    },
  }
}

/**
 * What `journalctl` writes, as it comes. It runs without a shell, is stopped when the reader leaves or the signal
 * aborts, and is gone when this has ended.
 *
 * @throws Error when it cannot be started, or ends with anything but 0 without being told to
 */
export async function* runJournalctl({ signal, ...run }: JournalctlRun): AsyncGenerator<Uint8Array, void, undefined> {
  signal.throwIfAborted()
  const journalctl = await startJournalctl(run)
  const stop = (): void => void journalctl.stop()
  signal.addEventListener('abort', stop, { once: true })
  try {
    signal.throwIfAborted()
    for await (const chunk of journalctl.stdout) yield chunk as Uint8Array
    await journalctl.ended.finally(() => signal.throwIfAborted())
  } finally {
    signal.removeEventListener('abort', stop)
    await journalctl.stop()
  }
}

async function passOn(stderr: Readable, onComplaint: (line: string) => Promise<void>): Promise<void> {
  const { createInterface } = await import('node:readline')
  for await (const line of createInterface({ input: stderr })) await onComplaint(line)
}
