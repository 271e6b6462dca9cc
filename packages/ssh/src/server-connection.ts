import type { Socket } from 'node:net'
import type { Logger } from '@logflow/core'
import type { AuthContext, Connection, ServerChannel, Session } from 'ssh2'
import { answerAuthentication, type Authenticate, type LoggedIn } from './authenticate.ts'
import type { SshServerLimits } from './limits.ts'
import { ChannelSession, type SshSession } from './session.ts'

/** What one connection needs of its server. */
export interface ServerConnectionOptions {
  readonly authenticate: Authenticate
  readonly onSession: (session: SshSession) => void | Promise<void>
  readonly rekeyBytes?: number
  readonly limits: SshServerLimits
  readonly logger: Logger
  /** The login is over. */
  readonly loggedIn: () => void
  /** The session is open. */
  readonly opened: () => void
}

/** One client, from its first packet to its session. */
export class ServerConnection {
  readonly #connection: Connection
  readonly #socket: Socket
  readonly #options: ServerConnectionOptions
  readonly #peer: string
  #who: LoggedIn | undefined
  #asked = false
  #failures = 0
  #session: ChannelSession | undefined

  constructor(connection: Connection, socket: Socket, options: ServerConnectionOptions) {
    this.#connection = connection
    this.#socket = socket
    this.#options = options
    this.#peer = peerName(socket)
    connection.on('authentication', context => void this.#answer(context))
    connection.on('ready', () => options.loggedIn())
    connection.on('session', (accept, reject) => {
      if (this.#session) return this.#refuse('a second session', reject)
      const session = accept()
      refuseOthers(session, (what, refuse) => this.#refuse(what, refuse))
      session.on('shell', (acceptShell, rejectShell) => {
        if (this.#session) return this.#refuse('a second shell', rejectShell)
        options.opened()
        this.#open(acceptShell())
      })
    })
    connection.on('tcpip', (_accept, reject) => this.#refuse('direct-tcpip', reject))
    connection.on('request', (_accept, reject, name) => this.#refuse(name, reject))
    connection.on('error', (err: Error) => this.#fail(err))
  }

  async #answer(context: AuthContext): Promise<void> {
    const { authenticate, logger, limits } = this.#options
    const from = {
      address: this.#socket.remoteAddress ?? '',
      peer: this.#peer,
      authenticate,
      logger,
      askedBefore: this.#asked,
    }
    this.#asked = true
    const who = await answerAuthentication(context, from, () => {
      if (++this.#failures >= limits.maxAuthenticationFailures) this.#giveUp()
    })
    this.#who ??= who
  }

  #open(channel: ServerChannel): void {
    const who = this.#who
    if (who === undefined) throw new Error('BUG: a session without a login')
    const session = new ChannelSession({
      ...who,
      channel,
      socket: this.#socket,
      peer: this.#peer,
      disconnect: () => this.#connection.end(),
      rekey: () => this.#connection.rekey(),
      rekeyBytes: this.#options.rekeyBytes,
    })
    this.#session = session
    Promise.resolve()
      .then(() => this.#options.onSession(session))
      .catch((err: unknown) => {
        this.#options.logger.error({ event: 'session.failed', user: who.user, peer: this.#peer, err }, 'session failed')
        session.abort()
      })
  }

  /** What the original does with a request it does not know: say no, and close the whole connection. */
  #refuse(what: string, reject: (() => void) | undefined): void {
    reject?.()
    const fields = { event: 'request.refused', peer: this.#peer, user: this.#who?.user, request: what }
    this.#options.logger.warn(fields, 'only one shell on one session is served')
    this.#connection.end()
  }

  #fail(err: Error): void {
    if (this.#session) this.#session.fail(err)
    else this.#options.logger.warn({ event: 'handshake.failed', peer: this.#peer, err }, 'SSH handshake failed')
  }

  #giveUp(): void {
    this.#options.logger.warn({ event: 'login.refused', peer: this.#peer }, 'too many authentication failures')
    this.#socket.destroy()
  }
}

/** Everything a session channel may be asked for besides a shell. */
function refuseOthers(session: Session, refuse: (what: string, reject: (() => void) | undefined) => void): void {
  session.on('pty', (_accept, reject) => refuse('pty-req', reject))
  session.on('env', (_accept, reject) => refuse('env', reject))
  session.on('exec', (_accept, reject) => refuse('exec', reject))
  session.on('sftp', (_accept, reject) => refuse('sftp', reject))
  session.on('subsystem', (_accept, reject) => refuse('subsystem', reject))
  session.on('x11', (_accept, reject) => refuse('x11-req', reject))
  session.on('auth-agent', (_accept, reject) => refuse('auth-agent-req', reject))
  session.on('window-change', (_accept, reject) => refuse('window-change', reject))
  session.on('signal', (_accept, reject) => refuse('signal', reject))
}

/** `address:port`, an IPv6 address in brackets. */
export function peerName(socket: Socket): string {
  const address = socket.remoteAddress ?? ''
  return address.includes(':') ? `[${address}]:${socket.remotePort}` : `${address}:${socket.remotePort}`
}
