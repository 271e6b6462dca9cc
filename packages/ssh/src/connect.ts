import type { Socket } from 'node:net'
import { silentLogger, type Logger } from '@logflow/core'
import ssh2, { type AnyAuthMethod, type Client, type ClientChannel } from 'ssh2'
import { algorithmLists, type AlgorithmNames } from './algorithms.ts'
import { SshError } from './errors.ts'
import type { SshIdentity } from './keys.ts'
import { connectLending, type LendingSocket } from './lent-reads.ts'
import { CLIENT_WINDOW_BYTES } from './limits.ts'
import { publicKeyOf, type PublicKey } from './public-key.ts'
import { ChannelSession, type SshSession } from './session.ts'
import { SingleKeyAgent } from './single-key-agent.ts'
import { isOwnServer, OWN_SOFTWARE } from './software.ts'

/** A host key that a server showed, to be trusted or not. */
export interface OfferedHostKey {
  /** As the person typed it. */
  readonly host: string
  readonly port: number
  /** IP address that was reached. */
  readonly address: string
  readonly key: PublicKey
}

/** How to log in: keys in order, then the password. */
export interface SshAuth {
  readonly identities?: readonly SshIdentity[]
  readonly password?: string | undefined
}

/** Options of {@link connectSsh}. */
export interface ConnectSshOptions {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly auth: SshAuth
  /** Whether to go on. May take as long as a person needs; no timeout of ours runs meanwhile. */
  readonly verifyHostKey: (offered: OfferedHostKey) => boolean | Promise<boolean>
  /** For the TCP connection. @defaultValue 2000 */
  readonly connectTimeoutMs?: number
  /** From the TCP connection to the open session. @defaultValue 20000 */
  readonly handshakeTimeoutMs?: number
  readonly algorithms?: AlgorithmNames
  /** Bytes that may wait to be read; so many are granted only to a server so far away that it needs them. @defaultValue 16 MiB */
  readonly maxWindowBytes?: number
  readonly signal?: AbortSignal | undefined
  readonly logger?: Logger
}

/**
 * Connects, logs in, opens a session and asks for a shell without a terminal.
 *
 * @throws SshError `LF_SSH_CONNECT`, `LF_SSH_HANDSHAKE`, `LF_SSH_HOST_KEY_REFUSED`, `LF_SSH_AUTHENTICATION`,
 * `LF_SSH_SHELL`, `LF_SSH_ALGORITHM`; the signal's reason when it aborts
 */
export async function connectSsh(options: ConnectSshOptions): Promise<SshSession> {
  options.signal?.throwIfAborted()
  const opened = await openSocket(options)
  try {
    return await openSession(opened, options)
  } catch (error) {
    opened.socket.destroy()
    throw error
  }
}

function openSocket({ host, port, connectTimeoutMs = 2000, signal }: ConnectSshOptions): Promise<LendingSocket> {
  return new Promise((resolve, reject) => {
    const opened = connectLending({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 })
    const { socket } = opened
    const settle = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
      socket.removeListener('error', fail)
    }
    const fail = (cause: Error): void => {
      settle()
      socket.destroy()
      const message = `failed to dial TCP connection to ${host}:${port}: ${cause.message || (cause as NodeJS.ErrnoException).code}`
      reject(new SshError('LF_SSH_CONNECT', message, { cause, detail: { host, port } }))
    }
    const abort = (): void => {
      settle()
      socket.destroy()
      reject(signal?.reason as Error)
    }
    const timer = setTimeout(() => fail(new Error(`no answer in ${connectTimeoutMs} ms`)), connectTimeoutMs)
    signal?.addEventListener('abort', abort, { once: true })
    socket.once('error', fail).once('connect', () => {
      settle()
      resolve(opened)
    })
  })
}

function openSession({ socket, lend }: LendingSocket, options: ConnectSshOptions): Promise<SshSession> {
  const { host, port, user, handshakeTimeoutMs = 20_000, signal } = options
  const client = new ssh2.Client()
  return new Promise((resolve, reject) => {
    let session: ChannelSession | undefined
    let hostKeyRefused: string | undefined
    const settle = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    }
    const fail = (error: unknown): void => {
      settle()
      socket.destroy()
      reject(error)
    }
    const failHandshake = (cause: Error): void => fail(handshakeError(cause, { host, port, hostKeyRefused }))
    const abort = (): void => fail(signal?.reason)
    const timedOut = (): void => failHandshake(new Error(`not finished in ${handshakeTimeoutMs} ms`))
    let timer = setTimeout(timedOut, handshakeTimeoutMs)
    signal?.addEventListener('abort', abort, { once: true })
    client.on('error', error => {
      if (session) session.fail(error)
      // An agent that fails to sign is one key less; ssh2 goes on with the next by itself.
      else if (error.level !== 'agent') failHandshake(error)
    })
    client.once('close', () => failHandshake(new Error('the server closed the connection')))
    client.once('ready', () => {
      openShell(client, (cause, channel) => {
        if (channel === undefined) return fail(shellError(cause, { host, port }))
        settle()
        session = new ChannelSession({
          channel,
          socket,
          user,
          peer: `${host}:${port}`,
          isOwn: isOwnServer(client),
          disconnect: () => client.end(),
          lend,
          maxWindowBytes: options.maxWindowBytes ?? CLIENT_WINDOW_BYTES,
        })
        resolve(session)
      })
    })
    const verify = async (blob: Buffer): Promise<boolean> => {
      clearTimeout(timer)
      hostKeyRefused = await refusalOf(blob, socket, options)
      timer = setTimeout(timedOut, handshakeTimeoutMs)
      return hostKeyRefused === undefined
    }
    start(client, socket, options, verify, fail)
  })
}

// eslint-disable-next-line max-params
function start(
  client: Client,
  sock: Socket,
  { user, auth, algorithms, logger = silentLogger }: ConnectSshOptions,
  verify: (blob: Buffer) => Promise<boolean>,
  fail: (error: unknown) => void,
): void {
  const methods = authMethods(user, auth)
  try {
    client.connect({
      sock,
      username: user,
      readyTimeout: 0,
      ident: OWN_SOFTWARE,
      algorithms: algorithmLists('client', algorithms),
      authHandler: (_left, _partial, next) => next(methods.shift() ?? (false as unknown as AnyAuthMethod)),
      hostVerifier: (blob: Buffer, answer: (trusted: boolean) => void) => {
        verify(blob).then(answer, (err: unknown) => {
          logger.error({ event: 'host-key.check-failed', err }, 'cannot check the host key')
          answer(false)
        })
      },
    })
  } catch (cause) {
    fail(new SshError('LF_SSH_ALGORITHM', `cannot set up SSH: ${(cause as Error).message}`, { cause }))
  }
}

function authMethods(username: string, { identities = [], password }: SshAuth): AnyAuthMethod[] {
  const methods: AnyAuthMethod[] = identities.map(identity =>
    identity.kind === 'agent'
      ? { type: 'agent', username, agent: new SingleKeyAgent(identity) }
      : {
          type: 'publickey',
          username,
          key: identity.privateKey,
          ...(identity.passphrase === undefined ? {} : { passphrase: identity.passphrase }),
        },
  )
  if (password !== undefined) methods.push({ type: 'password', username, password })
  return methods
}

/** Why the host is not trusted, or `undefined` when it is. */
async function refusalOf(blob: Buffer, socket: Socket, options: ConnectSshOptions): Promise<string | undefined> {
  const { host, port, verifyHostKey } = options
  const key = publicKeyOf(Uint8Array.from(blob))
  if (!key) return 'unreadable host key'
  const trusted = await verifyHostKey({ host, port, address: socket.remoteAddress ?? '', key })
  return trusted ? undefined : 'host key is not trusted'
}

function openShell(client: Client, done: (error: Error | undefined, channel?: ClientChannel) => void): void {
  try {
    client.shell(false, (error: Error | undefined, channel: ClientChannel) => {
      if (error) done(error)
      else done(undefined, channel)
    })
  } catch (error) {
    done(error as Error)
  }
}

interface HandshakeFacts {
  readonly host: string
  readonly port: number
  readonly hostKeyRefused?: string | undefined
}

function handshakeError(cause: Error, { host, port, hostKeyRefused }: HandshakeFacts): SshError {
  const prefix = `SSH handshake failed for ${host}:${port}`
  const facts = { cause, detail: { host, port } }
  if (hostKeyRefused !== undefined)
    return new SshError('LF_SSH_HOST_KEY_REFUSED', `${prefix}: ${hostKeyRefused}`, facts)
  const { level } = cause as { readonly level?: string }
  const code = level === 'client-authentication' ? 'LF_SSH_AUTHENTICATION' : 'LF_SSH_HANDSHAKE'
  return new SshError(code, `${prefix}: ${cause.message}`, facts)
}

function shellError(cause: Error | undefined, { host, port }: HandshakeFacts): SshError {
  const message = `failed to start SSH shell for ${host}:${port}: ${cause?.message ?? 'no channel'}`
  return new SshError('LF_SSH_SHELL', message, { cause, detail: { host, port } })
}
