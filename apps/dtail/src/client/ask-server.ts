import { UsageError } from '@logflow/cli'
import {
  CAPABILITY_JOURNAL,
  CAPABILITY_NATIVE,
  CAPABILITY_QUANTILES,
  CAPABILITY_QUERY_UPDATE,
  CLOSE_ACKNOWLEDGE,
  CLOSE_REQUEST,
  encodeCommandFrame,
  formatCommand,
  parseServerMessage,
  parseSessionAnswer,
  type NativePacking,
  type ResumePoints,
} from '@logflow/protocol'
import { LogflowError, systemClock } from '@logflow/core'
import { connectSsh, SshError, type ConnectSshOptions, type SshSession } from '@logflow/ssh'
import type { ConnectionStats } from '../interactive/connection-stats.ts'
import type { QueryControl } from '../interactive/query-control.ts'
import { SessionDialogue } from '../interactive/session-dialogue.ts'
import { specOf } from '../interactive/spec-of.ts'
import type { Limiter } from '../limiter.ts'
import type { DtailLog } from '../output/dtail-log.ts'
import type { AnswerReader } from './answer-reader.ts'
import type { AnswerSink } from './answer-sink.ts'
import { dtailReader } from './dtail-reader.ts'
import { Greeting } from './greeting.ts'
import { NativeReader } from './native-reader.ts'
import type { ServerAddress } from './server-list.ts'
import type { SourceLedger } from './source-ledger.ts'

/** What servers of our own are asked for besides. */
export interface NativeAsking {
  /** Instead of the commands that every server gets. */
  readonly commands?: readonly string[]
  /** Why only such a server can be asked; absent when any can. */
  readonly only?: string | undefined
  /** The commands for a server whose answer broke off, `undefined` when there are none; absent for what cannot go on. */
  readonly resume?: ((points: ResumePoints) => Promise<readonly string[] | undefined>) | undefined
  /** What is asked has no end, and asked anew it begins where files end: nothing is repeated. */
  readonly follows?: boolean | undefined
  /** Packings that can be read here. */
  readonly packings: readonly NativePacking[]
  readonly packAlways: boolean
  /** Lines come without headers. */
  readonly plain: boolean
}

/** How to reach servers and what to ask. */
export interface Asking {
  readonly commands: readonly string[]
  /** The commands are about a journal, which not every server can read. */
  readonly readsJournal?: boolean
  /** Items of the query that the servers of Go do not know; see {@link CAPABILITY_QUANTILES}. */
  readonly quantiles?: string | undefined
  readonly connection: Pick<ConnectSshOptions, 'user' | 'auth' | 'verifyHostKey' | 'connectTimeoutMs'>
  /** Base64 of the public key to register for a faster login. */
  readonly authKey?: string | undefined
  /** Places for connections that are being set up. */
  readonly throttle: Limiter
  /** Says what to ask, and may change it while the server answers. */
  readonly control?: QueryControl | undefined
  /** Told of every connection. */
  readonly stats?: ConnectionStats | undefined
  readonly sink: AnswerSink
  /** Absent to speak DTail with every server. */
  readonly native?: NativeAsking | undefined
  readonly log: DtailLog
  readonly signal: AbortSignal
  /** The connection is up and the commands are sent. */
  readonly onAsked?: ((server: ServerAddress) => void) | undefined
  /** Told of what keeps account of a server, before it is asked. */
  readonly onLedger?: ((ledger: SourceLedger) => void) | undefined
  /** Nothing more will come of the server. */
  readonly onEnded?: ((server: ServerAddress) => void) | undefined
}

/** Why the servers of Go cannot be asked for quantiles. */
const NO_QUANTILES =
  `the server lacks the capability ${CAPABILITY_QUANTILES}; servers of the original DTail know ` +
  'count, sum, min, max, avg, last, len, percentage and percentile only'

/** How long to wait for a server to say what it can, before a command is sent that older ones do not know. */
const CAPABILITIES_WAIT_MS = 250
/** The same for a server that is known to say it, however busy it is. */
const CAPABILITIES_CERTAIN_WAIT_MS = 20_000

/**
 * Asks one server and passes on what it says, until it asks to close. `ledger` keeps account of what comes; whatever is
 * in it from an earlier session is not asked for again.
 *
 * @throws SshError; `LF_SSH_CONNECTION_LOST` when the server left without saying that it was done
 */
export async function askServer(server: ServerAddress, asking: Asking, ledger: SourceLedger): Promise<void> {
  const taken = await asking.throttle.take({ signal: asking.signal })
  const connecting = asking.stats?.connecting()
  const release = (): void => {
    connecting?.()
    taken()
  }
  let session: SshSession
  try {
    const { host, port } = server
    session = await connectSsh({ host, port, ...asking.connection, signal: asking.signal })
  } catch (error) {
    release()
    throw error
  }
  const disconnected = asking.stats?.connected()
  const abort = (): void => session.abort()
  asking.signal.addEventListener('abort', abort, { once: true })
  try {
    await new Conversation({ server, session, asking, ledger, release }).run()
    await session.close()
  } finally {
    release()
    disconnected?.()
    asking.signal.removeEventListener('abort', abort)
    session.abort()
  }
}

interface ConversationInit {
  readonly server: ServerAddress
  readonly session: SshSession
  readonly asking: Asking
  readonly ledger: SourceLedger
  /** The connection is set up. */
  readonly release: () => void
}

/** The client's side of one session. */
class Conversation {
  readonly #init: ConversationInit
  readonly #greeting: Greeting
  /** Present once it is known how the server answers. */
  #reader: AnswerReader | undefined
  readonly #capabilities: Promise<readonly string[]>
  /** Why there is nothing to ask this server. */
  #refusal: UsageError | undefined
  #authKeyPending = false
  readonly #dialogue: SessionDialogue
  #leave: () => void = () => {}

  constructor(init: ConversationInit) {
    this.#init = init
    let tell: (names: readonly string[]) => void = () => {}
    this.#capabilities = new Promise(resolve => (tell = resolve))
    this.#greeting = new Greeting(names => tell(names))
    this.#dialogue = new SessionDialogue(text => init.session.write(encodeCommandFrame(text)), systemClock)
  }

  async run(): Promise<void> {
    const asked = this.#ask()
    // A connection that breaks meanwhile is reported by reading; what cannot be asked ends the reading.
    asked.catch((error: unknown) => {
      if (error instanceof UsageError) this.#refusal = error
      this.#init.session.abort()
    })
    try {
      return await this.#listen(asked)
    } catch (error) {
      throw this.#refusal ?? lostIfClosed(error)
    } finally {
      this.#leave()
    }
  }

  async #listen(asked: Promise<void>): Promise<void> {
    for await (const chunk of this.#init.session.input) {
      const bytes = this.#reader ? chunk : this.#greet(chunk)
      if (this.#reader && this.#isOver(await this.#reader.take(bytes))) return this.#finish()
    }
    this.#init.asking.signal.throwIfAborted()
    await asked
    const reader = this.#reader ?? this.#dtailReader()
    if (!this.#reader) await reader.take(this.#greeting.end())
    reader.end()
    throw new SshError('LF_SSH_CONNECTION_LOST', 'the server left before it said that it was done')
  }

  /** What is left of `chunk` for the reader, where there is one by now. */
  #greet(chunk: Uint8Array): Uint8Array {
    const greeted = this.#greeting.take(chunk)
    if (greeted.kind === 'open') return chunk.subarray(0, 0)
    this.#reader = greeted.kind === 'native' ? this.#nativeReader() : this.#dtailReader()
    return greeted.rest
  }

  #dtailReader(): AnswerReader {
    const { asking, server } = this.#init
    return dtailReader(asking.sink, server, message => this.#isAuthKeyAnswer(message))
  }

  #nativeReader(): AnswerReader {
    const { asking, server, ledger } = this.#init
    const plain = asking.native?.plain === true
    const isOurs = (message: Uint8Array): boolean => this.#isAuthKeyAnswer(message)
    return new NativeReader({ sink: asking.sink, server, plain, isOurs, ledger })
  }

  async #ask(): Promise<void> {
    const { asking, session, server, release } = this.#init
    const { control, readsJournal, quantiles } = asking
    const capabilities = this.#capabilitiesMatter ? await this.#waitForCapabilities() : undefined
    if (readsJournal && !capabilities?.includes(CAPABILITY_JOURNAL))
      throw new UsageError(`journal file targets require server capability ${CAPABILITY_JOURNAL}`)
    if (quantiles !== undefined && !capabilities?.includes(CAPABILITY_QUANTILES))
      throw new UsageError(`${quantiles}: ${NO_QUANTILES}`)
    const joins = control !== undefined && this.#join(control, capabilities)
    const texts = await this.#opening(capabilities, joins)
    // All in one write, so that a server cannot be done with the first before the second is there.
    await session.write(Buffer.concat(texts.map(encodeCommandFrame)))
    if (control && joins) await this.#dialogue.start(specOf(control.question))
    await session.flush()
    release()
    asking.onAsked?.(server)
  }

  /** Every server that tells its capabilities has AUTHKEY. */
  get #capabilitiesMatter(): boolean {
    const { authKey, readsJournal, quantiles, control, native } = this.#init.asking
    return [authKey, readsJournal || undefined, quantiles, control, native].some(reason => reason !== undefined)
  }

  /**
   * What is written first. AUTHKEY goes only to servers that are known to understand it: another one would take it for
   * the last command. Whoever joins an interactive session asks afterwards.
   */
  async #opening(capabilities: readonly string[] | undefined, joins: boolean): Promise<readonly string[]> {
    const { authKey, commands, control, native } = this.#init.asking
    const registering = authKey === undefined || !capabilities ? [] : [`AUTHKEY ${authKey}`]
    this.#authKeyPending = registering.length > 0
    const inFrames = !control && capabilities?.includes(CAPABILITY_NATIVE) ? native : undefined
    this.#greeting.decide(inFrames !== undefined)
    if (joins) return registering
    if (!inFrames && this.#mustGoOn) throw cannotGoOn(capabilities)
    if (!inFrames && native?.only !== undefined) throw new UsageError(native.only)
    if (!inFrames) return [...registering, ...commands]
    const [first = '', ...rest] = await this.#nativeCommands(inFrames)
    return [first, ...registering, ...rest]
  }

  /** The command that asks for frames, and the others, which leave out what came in an earlier session. */
  async #nativeCommands(native: NativeAsking): Promise<readonly string[]> {
    const { asking, session, ledger } = this.#init
    const points = native.resume && (await resumePointsOf(ledger))
    const resumed = points && (await native.resume?.(points))
    if (!resumed && this.#mustGoOn) throw new UsageError('what was asked cannot go on where it broke off')
    const commands = resumed ?? native.commands ?? asking.commands
    const terms = {
      detail: asking.sink.deliveries?.print ? 'bytes' : 'lines',
      packings: native.packings,
      packAlways: native.packAlways || undefined,
      maxPacketBytes: session.acceptPackets(),
      commands: commands.length + (this.#authKeyPending ? 1 : 0),
    } as const
    return [formatCommand({ kind: 'native', terms }), ...commands]
  }

  /** Lines are out that would come once more, were everything asked again. */
  get #mustGoOn(): boolean {
    const { asking, ledger } = this.#init
    return ledger.delivered && asking.native?.follows !== true
  }

  /** Returns whether the server can be asked anew while it answers. */
  #join(control: QueryControl, capabilities: readonly string[] | undefined): boolean {
    const { server, asking } = this.#init
    const { name } = server
    const capable = capabilities?.includes(CAPABILITY_QUERY_UPDATE) === true
    if (!capable) asking.log.warn(name, 'Interactive session bootstrap unsupported, falling back to legacy commands')
    this.#leave = control.join({ name, update: capable ? spec => this.#dialogue.update(spec) : undefined })
    return capable
  }

  /** What the server can do; `undefined` when it does not say. */
  async #waitForCapabilities(): Promise<readonly string[] | undefined> {
    const waiting = new AbortController()
    const certain = this.#init.session.isOwn || this.#init.ledger.movements > 0
    const waitMs = certain ? CAPABILITIES_CERTAIN_WAIT_MS : CAPABILITIES_WAIT_MS
    const late = systemClock.sleep(waitMs, waiting).then(() => undefined)
    late.catch(() => {}) // they came in time
    const gone = this.#init.session.closed.then(() => undefined)
    return Promise.race([this.#capabilities, late, gone]).finally(() => waiting.abort())
  }

  #isOver(hidden: readonly string[]): boolean {
    for (const text of hidden) {
      if (text === CLOSE_REQUEST) return true
      const answer = parseSessionAnswer(text)
      if (answer) this.#dialogue.take(answer)
    }
    return false
  }

  /**
   * The server says that it is done. That everything of ours has come does not depend on whether it hears of it.
   *
   * @throws SshError `LF_SSH_CONNECTION_LOST` when it is not done with every file that it began
   */
  async #finish(): Promise<void> {
    const { session, asking, ledger } = this.#init
    await session
      .write(encodeCommandFrame(CLOSE_ACKNOWLEDGE))
      .then(() => session.flush())
      .catch(() => {}) // it left already
    const ends = asking.native?.resume !== undefined && asking.native.follows !== true
    if (ends && ledger.accounts().some(({ state }) => state === 'open'))
      throw new SshError('LF_SSH_CONNECTION_LOST', 'the server stopped in the middle of a file')
  }

  /** The answer to AUTHKEY is for us, not for the person. */
  #isAuthKeyAnswer(message: Uint8Array): boolean {
    const parsed = this.#authKeyPending ? parseServerMessage(message, { authkey: true }) : undefined
    if (parsed?.kind !== 'authkey') return false
    this.#authKeyPending = false
    const { asking, server } = this.#init
    if (parsed.accepted) asking.log.debug(server.name, 'AUTHKEY registration successful')
    else asking.log.warn(server.name, 'AUTHKEY registration failed', ...(parsed.detail === '' ? [] : [parsed.detail]))
    return true
  }
}

/** A server that says nothing may be busy; one that says it cannot will not learn it. */
function cannotGoOn(capabilities: readonly string[] | undefined): Error {
  const reason = 'the server that came back cannot go on with its answer'
  return capabilities ? new UsageError(reason) : new SshError('LF_SSH_CONNECTION_LOST', reason)
}

/** That we cannot write any more says no more than that the connection is gone. */
function lostIfClosed(error: unknown): unknown {
  if (!LogflowError.is(error) || error.code !== 'LF_SSH_CLOSED') return error
  return new SshError('LF_SSH_CONNECTION_LOST', error.message, { cause: error })
}

/** What proofs are made of is loaded only when something is to go on. */
async function resumePointsOf(ledger: SourceLedger): Promise<ResumePoints | undefined> {
  if (ledger.movements === 0) return undefined
  const { formatTailHash } = await import('@logflow/tailer')
  return ledger.resumePoints(formatTailHash)
}
