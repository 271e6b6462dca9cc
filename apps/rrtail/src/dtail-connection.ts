import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import { LogflowError } from '@logflow/core'
import {
  CAPABILITY_NATIVE,
  CLOSE_REQUEST,
  encodeCommandFrame,
  formatCommand,
  formatPattern,
  formatResumePoints,
  GreetingDecoder,
  isHidden,
  NATIVE_STARTED,
  NativeSessionDecoder,
  parseCapabilities,
  RESUME_OPTION,
} from '@logflow/protocol'
import { collectKeys, connectSsh, KnownHosts, type OfferedHostKey, type SshSession } from '@logflow/ssh'
import { formatTailHash } from '@logflow/tailer'
import { DtailReply } from './dtail-reply.ts'
import { RrtailError } from './errors.ts'
import type { Origin } from './origin.ts'
import type { Position } from './position.ts'
import type { Connect, ConnectionContext, RemotePart } from './remote-part.ts'

/** How to reach a dserver. */
export interface DtailConnectionOptions {
  readonly port: number
  /** A private key to offer first. */
  readonly identity: string | undefined
  /** Told each command. */
  readonly onCommand?: (words: readonly string[]) => void
  /** Told what the server says to people. */
  readonly onMessage?: (text: string) => void
}

const CONNECT_TIMEOUT_MS = 30_000
const USUAL_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa']
/** The part of the last bytes that the server hashes. */
const TOKEN_TAIL_BYTES = 256

/** Reads from a dserver of ours in a native session: every byte with its offset, and a token that proves the file. */
export function dtailConnection(origin: Origin, options: DtailConnectionOptions): Connect {
  return (position, context) => connect(origin, position, { options, context })
}

async function* connect(
  origin: Origin,
  position: Position,
  { options, context }: { readonly options: DtailConnectionOptions; readonly context: ConnectionContext },
): AsyncGenerator<RemotePart> {
  const { signal } = context
  let session: SshSession | undefined
  const abort = (): void => session?.abort()
  signal.addEventListener('abort', abort, { once: true })
  const forget = context.onDisturbed(abort)
  try {
    session = await login(origin, options, signal)
    const commands = commandsFor(origin, position)
    options.onCommand?.([`${origin.host}:${options.port}`, ...commands])
    yield* answers(session, commands, new DtailReply(position, options.onMessage))
    throw new RrtailError('LF_RRTAIL_CONNECTION', 'the server closed the connection')
  } catch (error) {
    if (!signal.aborted) throw asRrtailError(error)
  } finally {
    forget()
    signal.removeEventListener('abort', abort)
    session?.abort()
  }
}

async function login(origin: Origin, options: DtailConnectionOptions, signal: AbortSignal): Promise<SshSession> {
  const keys = USUAL_KEYS.map(name => join(homedir(), '.ssh', name))
  const files = options.identity === undefined ? [] : [options.identity]
  const agentSocket = process.env['SSH_AUTH_SOCK']
  return connectSsh({
    host: origin.host,
    port: options.port,
    user: origin.user ?? userInfo().username,
    auth: { identities: await collectKeys({ files, agentSocket, fallbackFiles: keys }) },
    verifyHostKey: verified,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    signal,
  })
}

/** Nobody is asked: a key that is not known is refused, as with `StrictHostKeyChecking yes`. */
async function verified({ host, port, key }: OfferedHostKey): Promise<boolean> {
  const known = await KnownHosts.open(join(homedir(), '.ssh', 'known_hosts'))
  return known.look(host, port, key) === 'trusted'
}

/** A followed file from where we are; without a token from its start, and what we have is left out here. */
function commandsFor({ path }: Origin, { fileId, offset, tail }: Position): readonly string[] {
  const tailHash = formatTailHash(tail.slice(-TOKEN_TAIL_BYTES))
  const point = { path, size: 0, nextLine: 0, done: false }
  const points = fileId === undefined ? [] : [{ ...point, token: { sourceId: fileId, offset, tailHash } }]
  const other = new Map([[RESUME_OPTION, formatResumePoints({ points, sinceMs: 0 })]])
  const pattern = formatPattern({ pattern: '' })
  return [
    formatCommand({ kind: 'native', terms: { detail: 'lines', commands: 1 } }),
    formatCommand({ kind: 'read', mode: 'tail', path: escaped(path), pattern, options: { plain: true, other } }),
  ]
}

/** What a session brings, once the server said that it can answer in frames. */
async function* answers(
  session: SshSession,
  commands: readonly string[],
  reply: DtailReply,
): AsyncGenerator<RemotePart> {
  const greeting = new GreetingDecoder()
  let frames: NativeSessionDecoder | undefined
  for await (const chunk of session.input) {
    if (frames) frames.push(chunk)
    else {
      greeting.push(chunk)
      frames = await greeted(greeting, session, commands)
    }
    for (let item = frames?.read(); item; item = frames?.read()) {
      if (item.kind === 'message' && isHidden(item.content, { plain: true })) {
        if (Buffer.from(item.content).toString() === CLOSE_REQUEST) return reply.end()
      } else yield* reply.take(item)
    }
  }
}

/** Asks when the server says what it can; the decoder of its frames once it begins with them. */
async function greeted(
  greeting: GreetingDecoder,
  session: SshSession,
  commands: readonly string[],
): Promise<NativeSessionDecoder | undefined> {
  for (let message = greeting.read(); message; message = greeting.read()) {
    const text = Buffer.from(message).toString('latin1', 0, 1024)
    const capabilities = parseCapabilities(text)
    if (capabilities && !capabilities.includes(CAPABILITY_NATIVE))
      throw new RrtailError('LF_RRTAIL_DENIED', 'the dserver has no native sessions; use --via ssh')
    if (capabilities) {
      await session.write(Buffer.concat(commands.map(encodeCommandFrame)))
      await session.flush()
    }
    if (text !== NATIVE_STARTED) continue
    const frames = new NativeSessionDecoder()
    frames.push(greeting.takeRest())
    return frames
  }
  return undefined
}

/** The server takes names as patterns. */
function escaped(path: string): string {
  return path.replace(/[\\*?[]/g, '\\$&')
}

function asRrtailError(cause: unknown): unknown {
  if (cause instanceof RrtailError || !LogflowError.is(cause)) return cause
  if (cause.code === 'LF_SSH_HOST_KEY_REFUSED')
    return new RrtailError('LF_RRTAIL_DENIED', '~/.ssh/known_hosts does not know the key that the dserver shows', {
      cause,
    })
  return new RrtailError(cause.retryable ? 'LF_RRTAIL_CONNECTION' : 'LF_RRTAIL_DENIED', cause.message, { cause })
}
