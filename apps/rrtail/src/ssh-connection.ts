import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import { RrtailError } from './errors.ts'
import type { Origin } from './origin.ts'
import type { Position } from './position.ts'
import { Patience, type PatienceOptions } from './patience.ts'
import { remoteCommand, SCRIPT_EXITS } from './remote-script.ts'
import { ReplyDecoder, type ReplyPart } from './reply-decoder.ts'
import type { Connect, ConnectionContext, RemotePart } from './remote-part.ts'
import { sshArguments, type SshOptions } from './ssh-arguments.ts'

/** How to reach the file by ssh. */
export interface SshConnectionOptions extends SshOptions {
  readonly program: string
  readonly glob: boolean
  readonly checkIntervalMs: number
  /** Silence that ends a connection, beside three looks of the server. */
  readonly silenceTimeoutMs: number
  /** Told each command line. */
  readonly onCommand?: (words: readonly string[]) => void
  /** Told what ssh and the remote tools say. */
  readonly onStderr?: (text: string) => void
}

const SSH_FAILED = 255
const KILL_AFTER_MS = 500
/** Connecting and logging in, with a finger on a security key. */
const FIRST_WORD_MS = 120_000
/** The same after the machine woke up or its network changed. */
const HURRY_MS = 3000
const MAX_STDERR_CHARS = 16 * 1024
const DENIED = /permission denied \(|host key verification failed|too many authentication failures/i

/** Runs the user's own ssh program, with its configuration, agent and known hosts. */
export function sshConnection(origin: Origin, options: SshConnectionOptions): Connect {
  // A pattern is expanded once: after a rotation it might match more.
  const found = { path: origin.path, glob: options.glob }
  return (position, context) => connect({ ...origin, ...found }, position, { options, context, found })
}

async function* connect(
  origin: Origin & { readonly glob: boolean },
  position: Position,
  call: {
    readonly options: SshConnectionOptions
    readonly context: ConnectionContext
    readonly found: { path: string; glob: boolean }
  },
): AsyncGenerator<RemotePart> {
  const { options, context, found } = call
  const { signal } = context
  const marker = `RRTAIL-${randomUUID()}`
  const { glob } = origin
  const words = sshArguments(origin, options, remoteCommand(origin.path, position, { ...options, marker, glob }))
  options.onCommand?.([options.program, ...words])
  const child = spawn(options.program, words, { stdio: ['ignore', 'pipe', 'pipe'] })
  const exit = exitOf(child, options.onStderr)
  const stop = (): void => void child.kill('SIGTERM')
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  const patience = new Patience(patienceOf(options))
  const forget = context.onDisturbed(() => patience.hurry())
  try {
    yield* partsOf(patience.listen(child.stdout), new ReplyDecoder(marker), path => {
      found.path = path
      found.glob = false
    })
    throwForExit(await exit, signal)
  } finally {
    forget()
    signal.removeEventListener('abort', stop)
    await endChild(child, exit)
  }
}

function patienceOf({ checkIntervalMs, silenceTimeoutMs, noKeepalive }: SshConnectionOptions): PatienceOptions {
  if (noKeepalive) return { firstMs: Infinity, silenceMs: Infinity, hurryMs: Infinity }
  // The script gives a sign of life at each look.
  const silenceMs = silenceTimeoutMs + 3 * checkIntervalMs
  return { firstMs: FIRST_WORD_MS, silenceMs, hurryMs: Math.min(silenceMs, HURRY_MS + checkIntervalMs) }
}

async function* partsOf(
  chunks: AsyncIterable<Uint8Array>,
  decoder: ReplyDecoder,
  onName: (path: string) => void,
): AsyncGenerator<RemotePart> {
  for await (const chunk of chunks) {
    decoder.push(chunk)
    for (let part = decoder.read(); part; part = decoder.read()) {
      if (part.kind === 'name') onName(part.text)
      const said = remotePart(part)
      if (said) yield said
    }
  }
}

function remotePart(part: ReplyPart): RemotePart | undefined {
  switch (part.kind) {
    case 'bytes':
      return part
    case 'this':
      return { kind: 'file', fileId: part.text }
    case 'next':
      return { kind: 'rotated', fileId: part.text }
    case 'lost':
      return { kind: 'lost', size: part.number }
    case 'late':
      return { kind: 'skipped', what: { why: 'late', bytes: part.number } }
    case 'bad':
      return { kind: 'skipped', what: { why: 'packed', name: part.text } }
    case 'more':
    case 'idle':
    case 'name':
      return undefined
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
