import { UsageError } from '@logflow/cli'
import {
  CAPABILITY_JOURNAL,
  CAPABILITY_QUERY_UPDATE,
  CLOSE_ACKNOWLEDGE,
  CLOSE_REQUEST,
  encodeCommandFrame,
  eachMessage,
  parseCapabilities,
  parseServerMessage,
  parseSessionAnswer,
  ServerMessageDecoder,
  type MessageBatch,
} from '@logflow/protocol'
import { systemClock } from '@logflow/core'
import { connectSsh, SshError, type ConnectSshOptions, type SshSession } from '@logflow/ssh'
import type { ConnectionStats } from '../interactive/connection-stats.ts'
import type { QueryControl } from '../interactive/query-control.ts'
import { SessionDialogue } from '../interactive/session-dialogue.ts'
import { specOf } from '../interactive/spec-of.ts'
import type { Limiter } from '../limiter.ts'
import type { DtailLog } from '../output/dtail-log.ts'
import type { ServerAddress } from './server-list.ts'
import { VisibleLines } from './visible-lines.ts'

/** Where the messages of a server go. */
export interface AnswerSink {
  /** Takes whole messages in order and returns the texts of the hidden ones. The promise is the backpressure. */
  take(batch: MessageBatch, server: ServerAddress): Promise<readonly string[]>
  /** For sinks that print what they get: gets runs of whole lines instead. */
  readonly lines?: LineSink | undefined
}

/** Takes lines as they shall be printed. */
export interface LineSink {
  readonly plain: boolean
  /** Nothing of one run comes between another. The promise is the backpressure. */
  print(runs: readonly Uint8Array[]): Promise<void> | undefined
}

/** How to reach servers and what to ask. */
export interface Asking {
  readonly commands: readonly string[]
  /** The commands are about a journal, which not every server can read. */
  readonly readsJournal?: boolean
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
  readonly log: DtailLog
  readonly signal: AbortSignal
  /** The connection is up and the commands are sent. */
  readonly onAsked?: ((server: ServerAddress) => void) | undefined
}

/** How long to wait for a server to say what it can, before a command is sent that older ones do not know. */
const CAPABILITIES_WAIT_MS = 250

/**
 * Asks one server and passes on what it says, until it asks to close.
 *
 * @throws SshError; `LF_SSH_CONNECTION_LOST` when the server left without saying that it was done
 */
export async function askServer(server: ServerAddress, asking: Asking): Promise<void> {
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
    await new Conversation(server, session, asking, release).run()
    await session.close()
  } finally {
    release()
    disconnected?.()
    asking.signal.removeEventListener('abort', abort)
    session.abort()
  }
}

/** The client's side of one session. */
class Conversation {
  readonly #server: ServerAddress
  readonly #session: SshSession
  readonly #asking: Asking
  readonly #release: () => void
  readonly #decoder = new ServerMessageDecoder()
  /** Instead of the decoder, when the sink prints. */
  readonly #visible: VisibleLines | undefined
  readonly #capabilities: Promise<readonly string[]>
  #tellCapabilities: (names: readonly string[]) => void = () => {}
  /** Why there is nothing to ask this server. */
  #refusal: UsageError | undefined
  #authKeyPending = false
  readonly #dialogue: SessionDialogue
  #leave: () => void = () => {}

  constructor(server: ServerAddress, session: SshSession, asking: Asking, release: () => void) {
    this.#server = server
    this.#session = session
    this.#asking = asking
    this.#release = release
    this.#visible = asking.sink.lines && new VisibleLines(asking.sink.lines)
    this.#capabilities = new Promise(resolve => (this.#tellCapabilities = resolve))
    this.#dialogue = new SessionDialogue(text => session.write(encodeCommandFrame(text)), systemClock)
  }

  async run(): Promise<void> {
    const asked = this.#ask()
    // A connection that breaks meanwhile is reported by reading; what cannot be asked ends the reading.
    asked.catch((error: unknown) => {
      if (error instanceof UsageError) this.#refusal = error
      this.#session.abort()
    })
    try {
      return await this.#listen(asked)
    } catch (error) {
      throw this.#refusal ?? error
    } finally {
      this.#leave()
    }
  }

  async #listen(asked: Promise<void>): Promise<void> {
    for await (const chunk of this.#session.input) {
      if (this.#visible ? await this.#print(chunk, this.#visible) : await this.#take(chunk)) return this.#acknowledge()
    }
    this.#asking.signal.throwIfAborted()
    await asked
    this.#visible?.end()
    this.#decoder.end()
    throw new SshError('LF_SSH_CONNECTION_LOST', 'the server left before it said that it was done')
  }

  /** Returns whether the server is done. */
  async #take(chunk: Uint8Array): Promise<boolean> {
    this.#decoder.push(chunk)
    for (let batch = this.#decoder.read(); batch; batch = this.#decoder.read()) {
      const messages = this.#authKeyPending ? this.#withoutAuthKey(batch) : batch
      if (this.#isOver(await this.#asking.sink.take(messages, this.#server))) return true
    }
    return false
  }

  /** The same for a sink that prints. */
  async #print(chunk: Uint8Array, visible: VisibleLines): Promise<boolean> {
    const drop = this.#authKeyPending ? (message: Uint8Array) => this.#isAuthKeyAnswer(message) : undefined
    const { runs, hidden } = visible.push(chunk, drop)
    await this.#asking.sink.lines?.print(runs)
    return this.#isOver(hidden)
  }

  /** AUTHKEY goes only to servers that are known to understand it: another one would take it for the last command. */
  async #ask(): Promise<void> {
    const { commands, authKey, onAsked, readsJournal, control } = this.#asking
    // Every server that tells its capabilities has AUTHKEY.
    const capabilities =
      authKey === undefined && !readsJournal && !control ? undefined : await this.#waitForCapabilities()
    if (readsJournal && !capabilities?.includes(CAPABILITY_JOURNAL))
      throw new UsageError(`journal file targets require server capability ${CAPABILITY_JOURNAL}`)
    const registering = authKey === undefined || !capabilities ? [] : [`AUTHKEY ${authKey}`]
    this.#authKeyPending = registering.length > 0
    // All in one write, so that a server cannot be done with the first before the second is there.
    const texts = control && this.#join(control, capabilities) ? registering : [...registering, ...commands]
    await this.#session.write(Buffer.concat(texts.map(encodeCommandFrame)))
    if (control && texts === registering) await this.#dialogue.start(specOf(control.question))
    await this.#session.flush()
    this.#release()
    onAsked?.(this.#server)
  }

  /** Returns whether the server can be asked anew while it answers. */
  #join(control: QueryControl, capabilities: readonly string[] | undefined): boolean {
    const { name } = this.#server
    const capable = capabilities?.includes(CAPABILITY_QUERY_UPDATE) === true
    if (!capable)
      this.#asking.log.warn(name, 'Interactive session bootstrap unsupported, falling back to legacy commands')
    this.#leave = control.join({ name, update: capable ? spec => this.#dialogue.update(spec) : undefined })
    return capable
  }

  /** What the server can do; `undefined` when it does not say. */
  async #waitForCapabilities(): Promise<readonly string[] | undefined> {
    const waiting = new AbortController()
    const late = systemClock.sleep(CAPABILITIES_WAIT_MS, waiting).then(() => undefined)
    late.catch(() => {}) // they came in time
    return Promise.race([this.#capabilities, late]).finally(() => waiting.abort())
  }

  #isOver(hidden: readonly string[]): boolean {
    for (const text of hidden) {
      if (text === CLOSE_REQUEST) return true
      const capabilities = parseCapabilities(text)
      if (capabilities) this.#tellCapabilities(capabilities)
      const answer = parseSessionAnswer(text)
      if (answer) this.#dialogue.take(answer)
    }
    return false
  }

  async #acknowledge(): Promise<void> {
    await this.#session.write(encodeCommandFrame(CLOSE_ACKNOWLEDGE))
    await this.#session.flush()
  }

  /** The answer to AUTHKEY is for us, not for the person. */
  #withoutAuthKey(batch: MessageBatch): MessageBatch {
    const kept = [...eachMessage(batch)].filter(message => !this.#isAuthKeyAnswer(message))
    return batchOf(kept)
  }

  #isAuthKeyAnswer(message: Uint8Array): boolean {
    const parsed = this.#authKeyPending ? parseServerMessage(message, { authkey: true }) : undefined
    if (parsed?.kind !== 'authkey') return false
    this.#authKeyPending = false
    const { log } = this.#asking
    if (parsed.accepted) log.debug(this.#server.name, 'AUTHKEY registration successful')
    else log.warn(this.#server.name, 'AUTHKEY registration failed', ...(parsed.detail === '' ? [] : [parsed.detail]))
    return true
  }
}

function batchOf(messages: readonly Uint8Array[]): MessageBatch {
  const bytes = Buffer.concat(messages.flatMap(message => [message, Uint8Array.of(0xac)]))
  const ends = new Uint32Array(messages.length)
  let end = 0
  for (const [i, message] of messages.entries()) ends[i] = end += message.length + 1
  return { bytes: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength), ends }
}
