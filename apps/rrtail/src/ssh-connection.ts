import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import { RrtailError } from './errors.ts'
import type { Origin } from './origin.ts'
import type { Position } from './position.ts'
import { remoteCommand, SCRIPT_EXITS } from './remote-script.ts'
import { ReplyDecoder } from './reply-decoder.ts'
import type { Connect, RemotePart } from './remote-part.ts'
import { sshArguments, type SshOptions } from './ssh-arguments.ts'

/** How to reach the file by ssh. */
export interface SshConnectionOptions extends SshOptions {
  readonly program: string
  readonly glob: boolean
  readonly checkIntervalMs: number
  /** Told each command line. */
  readonly onCommand?: (words: readonly string[]) => void
  /** Told what ssh and the remote tools say. */
  readonly onStderr?: (text: string) => void
}

const SSH_FAILED = 255
const KILL_AFTER_MS = 2000
const MAX_STDERR_CHARS = 16 * 1024
const DENIED = /permission denied \(|host key verification failed|too many authentication failures/i

/** Runs the user's own ssh program, with its configuration, agent and known hosts. */
export function sshConnection(origin: Origin, options: SshConnectionOptions): Connect {
  return (position, signal) => connect(origin, position, { options, signal })
}

async function* connect(
  origin: Origin,
  position: Position,
  { options, signal }: { readonly options: SshConnectionOptions; readonly signal: AbortSignal },
): AsyncGenerator<RemotePart> {
  const marker = `RRTAIL-${randomUUID()}`
  const words = sshArguments(origin, options, remoteCommand(origin.path, position, { marker, ...options }))
  options.onCommand?.([options.program, ...words])
  const child = spawn(options.program, words, { stdio: ['ignore', 'pipe', 'pipe'] })
  const exit = exitOf(child, options.onStderr)
  const stop = (): void => void child.kill('SIGTERM')
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    yield* partsOf(child.stdout, new ReplyDecoder(marker))
    throwForExit(await exit, signal)
  } finally {
    signal.removeEventListener('abort', stop)
    await endChild(child, exit)
  }
}

/** The reply as parts; the first `rest` goes on where we are, each later one and `live 0` after it begins a file. */
async function* partsOf(stdout: Readable, decoder: ReplyDecoder): AsyncGenerator<RemotePart> {
  let afterRest = false
  for await (const chunk of stdout as AsyncIterable<Uint8Array>) {
    decoder.push(chunk)
    for (let part = decoder.read(); part; part = decoder.read()) {
      if (part.kind === 'bytes') yield part
      else if (part.kind === 'lost') yield { kind: 'lost', size: part.number }
      else {
        if (afterRest) yield { kind: 'rotated' }
        afterRest = part.kind === 'rest'
      }
    }
  }
}

interface Exit {
  readonly code: number | null
  readonly stderr: string
  readonly failure: Error | undefined
}

function exitOf(child: ChildProcess & { readonly stderr: Readable }, onStderr?: (text: string) => void): Promise<Exit> {
  let stderr = ''
  let failure: Error | undefined
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    onStderr?.(text)
    stderr = (stderr + text).slice(-MAX_STDERR_CHARS)
  })
  child.on('error', error => (failure = error))
  return new Promise(resolve => child.on('close', code => resolve({ code, stderr, failure })))
}

function throwForExit({ code, stderr, failure }: Exit, signal: AbortSignal): void {
  if (signal.aborted || code === SCRIPT_EXITS.changed) return
  const said = stderr.trim().split('\n').at(-1) ?? ''
  const detail = { code, said }
  if (failure) throw new RrtailError('LF_RRTAIL_DENIED', 'cannot run ssh', { cause: failure })
  if (code === SSH_FAILED && DENIED.test(stderr))
    throw new RrtailError('LF_RRTAIL_DENIED', `the server refused us: ${said}`, { detail })
  const { ambiguous, special, missing, denied } = SCRIPT_EXITS
  if (code === ambiguous || code === special || code === missing || code === denied)
    throw new RrtailError('LF_RRTAIL_FILE', said, { detail })
  throw new RrtailError('LF_RRTAIL_CONNECTION', `connection ended${said ? `: ${said}` : ''}`, { detail })
}

async function endChild(child: ChildProcess, exit: Promise<Exit>): Promise<void> {
  child.stdout?.destroy()
  child.kill('SIGTERM')
  const hard = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS)
  await exit
  clearTimeout(hard)
}
