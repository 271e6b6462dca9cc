import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

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

/**
 * What `journalctl` writes, as it comes. It runs without a shell, is stopped when the reader leaves or the signal
 * aborts, and is gone when this has ended.
 *
 * @throws Error when it cannot be started, or ends with anything but 0 without being told to
 */
export async function* runJournalctl({
  program,
  args,
  signal,
  onComplaint,
}: JournalctlRun): AsyncGenerator<Uint8Array, void, undefined> {
  signal.throwIfAborted()
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = endOf(child)
  ended.catch(() => {}) // awaited below
  const stop = (): void => {
    child.kill('SIGTERM')
    setTimeout(() => child.kill('SIGKILL'), STOP_MS).unref()
  }
  signal.addEventListener('abort', stop, { once: true })
  const complaints = passOn(child.stderr, onComplaint)
  complaints.catch(() => {}) // awaited below
  try {
    for await (const chunk of child.stdout) yield chunk as Uint8Array
    const code = await ended
    await complaints
    signal.throwIfAborted()
    if (code !== 0) throw new Error(`journalctl failed: exit status ${code ?? 'unknown'}`)
  } finally {
    signal.removeEventListener('abort', stop)
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
      stop()
      await ended.catch(() => {}) // told already
    }
  }
}

async function endOf(child: ChildProcessByStdio<null, Readable, Readable>): Promise<number | null> {
  // Rejects when the program cannot be started.
  const [code] = (await once(child, 'exit')) as [number | null]
  return code
}

async function passOn(stderr: Readable, onComplaint: (line: string) => Promise<void>): Promise<void> {
  for await (const line of createInterface({ input: stderr })) await onComplaint(line)
}
