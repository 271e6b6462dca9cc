import { LogflowError } from '@logflow/core'
import {
  CLOSE_ACKNOWLEDGE_TIMEOUT_MS,
  CLOSE_GRACE_MS,
  CLOSE_REQUEST,
  CommandFrameDecoder,
  CommandLedger,
  encodeHealthAnswer,
  encodeHidden,
  encodeRemoteLines,
  encodeServerMessage,
  formatCapabilities,
  formatSessionAnswer,
  hasOptions,
  HEALTH_USER,
  parseCommand,
  type CommandFrame,
  type DtailCommand,
  type DtailOptions,
  type LedgerAction,
  type LedgerEvent,
  type MapCommand,
  type NativeTerms,
  type ReadCommand,
  type SessionCommand,
} from '@logflow/protocol'
import type { SshSession } from '@logflow/ssh'
import { InteractiveSession } from '../interactive/interactive-session.ts'
import { errorText } from '../output/dtail-log.ts'
import { readerOf, type Reader } from './admit-file.ts'
import { ledgerCommand } from './ledger-command.ts'
import { NativeAnswers } from './native-answers.ts'
import { NativeSink, SourceClaims } from './native-sink.ts'
import { ownCapabilities } from './own-capabilities.ts'
import { readFiles } from './read-files.ts'
import type { ReadSink } from './reading.ts'
import { registerKey } from './register-key.ts'
import { RunningCommands } from './running-commands.ts'
import { RunningQuery } from './running-query.ts'
import type { ServerContext } from './server-context.ts'
import { timedWrites, type TimedSession } from './timed-writes.ts'
import { watchStalls } from './watch-stalls.ts'

/** Serves one session to its end. Rejects only when the client breaks the protocol. */
export async function serveSession(session: SshSession, context: ServerContext): Promise<void> {
  const leave = context.sessions.enter(session.user)
  if (!leave) return refuse(session, context)
  try {
    await new ServedSession(session, context, await readerOf(session, context)).run()
  } finally {
    leave()
  }
}

async function refuse(session: SshSession, { log, hostname }: ServerContext): Promise<void> {
  const line = log.warn(`${session.user}@${session.peer}`, 'Exceeded max allowed sessions of this user')
  await session.write(encodeServerMessage(line, { hostname, plain: false }))
  await session.close()
}

/** The server's side of one session: commands in, lines, groups and texts out, and the close handshake. */
class ServedSession {
  readonly #session: SshSession
  readonly #timed: TimedSession
  readonly #context: ServerContext
  readonly #reader: Reader
  readonly #health: boolean
  readonly #ledger = new CommandLedger()
  readonly #ending = new AbortController()
  readonly #interactive = new InteractiveSession()
  #generation = new AbortController()
  #options: DtailOptions | undefined
  /** Present once the client has asked for frames. */
  #native: NativeAnswers | undefined
  readonly #claims = new SourceClaims()
  /** Commands that came of those which the client said it would send. */
  #commands = 0
  #query: RunningQuery | undefined
  #timer: NodeJS.Timeout | undefined
  #inputEnded = false
  readonly #running = new RunningCommands()
  /** Gives back the places that files of this session are read at. */
  readonly #places = new Set<() => void>()

  constructor(session: SshSession, context: ServerContext, reader: Reader) {
    this.#timed = timedWrites(session, context.clock)
    this.#session = this.#timed.session
    this.#context = context
    this.#health = session.user === HEALTH_USER
    this.#reader = reader
    context.log.debug(this.#reader.name, 'Creating new server handler')
  }

  async run(): Promise<void> {
    const { log, config } = this.#context
    const decoder = new CommandFrameDecoder(config.MaxCommandFrameSize > 0 ? config.MaxCommandFrameSize : Infinity)
    const { stopping } = this.#context.sessions
    const stop = (): void => this.#stop()
    stopping.addEventListener('abort', stop, { once: true })
    this.#background(this.#watchStalls())
    try {
      if (!this.#health)
        await this.#session.write(encodeHidden(formatCapabilities(await ownCapabilities(this.#context))))
      for await (const chunk of this.#session.input) {
        decoder.push(chunk)
        for (let frame = decoder.read(); frame; frame = decoder.read()) {
          this.#onFrame(frame)
          await this.#running.room(this.#session.closed)
        }
      }
      // The client has no more commands, but may wait for answers; its acknowledgement will not come.
      this.#inputEnded = true
      this.#apply({ kind: 'session-deactivated' })
      this.#apply({ kind: 'close-acknowledged' })
      await this.#session.closed
    } catch (error) {
      if (!LogflowError.is(error)) throw error
      if (error.code === 'LF_PROTOCOL_FRAME_TOO_LARGE')
        log.error(this.#reader.name, 'command frame exceeds maximum size, closing session')
      else log.debug(this.#reader.name, 'Session broke off', errorText(error))
    }
    this.#apply({ kind: 'aborted' })
    await this.#session.closed
    stopping.removeEventListener('abort', stop)
    log.debug(this.#reader.name, 'Session is closed')
  }

  /** The server stops: files are not followed any more, which ends the session in order when it does nothing else. */
  #stop(): void {
    this.#apply({ kind: this.#running.none ? 'aborted' : 'session-deactivated' })
  }

  #watchStalls(): Promise<never> {
    const { clock, config, log } = this.#context
    return watchStalls(this.#timed, {
      clock,
      places: this.#places,
      timeoutMs: config.StalledTimeoutMs,
      signal: this.#ending.signal,
      giveUp: () => {
        log.warn(this.#reader.name, 'Client takes nothing, closing session')
        this.#session.abort()
      },
    })
  }

  /** Where the lines of the current generation go; nowhere once the next one has begun. */
  #sink(): ReadSink {
    const { signal } = this.#generation
    const { hostname } = this.#context
    const native = this.#native && new NativeSink(this.#native, this.#claims)
    return {
      deliver: async (batch, sourceId) => {
        if (signal.aborted) return
        if (this.#query) return this.#query.add(batch)
        if (native) return native.deliver(batch)
        await this.#session.write(encodeRemoteLines(batch, { hostname, sourceId, plain: this.#plain }))
      },
      tell: async (text, facts) => {
        // Between the bytes of a file there is no place for what the client knows as it is.
        if (native && facts?.noted && this.#plain) return
        if (!signal.aborted) await this.#tell(text)
      },
      ...(native && {
        note: (item, sourceId) => native.note(item, sourceId),
        takeFile: async file => (this.#query ? undefined : native.takeFile(file)),
      }),
      holds: giveBack => void this.#places.add(giveBack),
      filesFound: count => void this.#apply({ kind: 'files-found', count }),
      fileFinished: () => void this.#apply({ kind: 'file-finished' }),
    }
  }

  /** One message of DTail with its terminator. */
  async #write(message: Uint8Array): Promise<void> {
    await (this.#native ? this.#native.message(message) : this.#session.write(message))
  }

  async #tell(text: string): Promise<void> {
    const bytes = encodeServerMessage(text, { hostname: this.#context.hostname, plain: this.#plain })
    if (bytes.length > 0) await this.#write(bytes)
  }

  get #plain(): boolean {
    return this.#options?.plain === true
  }

  #onFrame(frame: CommandFrame): void {
    if (frame.kind === 'command') return this.#onCommand(parseCommand(frame.text))
    const { hostname, log } = this.#context
    const line = log.error(this.#reader.name, frame.text.trimEnd())
    const text = line === '' ? '' : line + (frame.text.endsWith('\n') ? '\n' : '')
    const bytes = encodeServerMessage(text, { hostname, plain: this.#plain, exact: true })
    if (bytes.length > 0) this.#background(this.#running.track(this.#write(bytes)))
  }

  #onCommand(command: DtailCommand): void {
    if (command.kind === 'acknowledge-close') return void this.#apply({ kind: 'close-acknowledged' })
    if (command.kind === 'native' && this.#startNative(command.terms)) return
    if (command.kind === 'invalid' && command.unlessQuiet && this.#options?.quiet) return
    const counted = ledgerCommand(command)
    if (this.#apply({ kind: 'command-started', command: counted })) return
    this.#commands++
    if ((command.kind === 'read' || command.kind === 'map') && !this.#options && hasOptions(command.options))
      this.#options = command.options
    const running = this.#health ? this.#runForHealth(command) : this.#run(command)
    this.#background(
      // What failed is not finished: the client must not be told that everything came.
      this.#running.track(running).then(() => {
        this.#context.log.debug(this.#reader.name, 'Command finished', command.kind)
        this.#apply({ kind: 'command-finished', command: counted })
      }),
    )
  }

  /** Frames from now on, unless somebody has been answered otherwise. */
  #startNative(terms: NativeTerms): boolean {
    if (this.#native || this.#health || this.#commands > 0) return false
    this.#native = new NativeAnswers(this.#session, terms)
    return true
  }

  async #run(command: DtailCommand): Promise<void> {
    const { log } = this.#context
    switch (command.kind) {
      case 'read':
        return this.#read(command)
      case 'map':
        return this.#map(command)
      case 'authkey':
        return this.#tell(registerKey(command, this.#session.user, this.#context.authKeys))
      case 'session':
        return this.#beginGeneration(command)
      case 'invalid':
        return this.#tell(log[command.severity === 'WARN' ? 'warn' : 'error'](this.#reader.name, command.text))
      case 'unknown':
        return this.#tell(log.error(this.#reader.name, command.text))
      case 'health':
      case 'native':
        return this.#tell(log.error(this.#reader.name, `Received unknown user command|${command.kind}`))
      case 'acknowledge-close':
        return
    }
  }

  /** Answers before anything of the new generation is sent, and after the last of the old. */
  #beginGeneration(command: SessionCommand): Promise<void> {
    const { answer, begin } = this.#interactive.step(command)
    if (begin) this.#generation.abort(new Error('something else is asked'))
    const answered = this.#write(encodeHidden(formatSessionAnswer(answer)))
    if (!begin) return answered
    this.#generation = new AbortController()
    this.#query = undefined
    this.#options = begin.options
    this.#apply({ kind: 'session-activated' })
    for (const asked of begin.commands) this.#onCommand(asked)
    return answered
  }

  /** A health check may ask for its health, and register a key without being told that it was ignored. */
  async #runForHealth(command: DtailCommand): Promise<void> {
    if (command.kind === 'authkey') return
    const { hostname, log } = this.#context
    if (command.kind === 'health') return this.#write(encodeHealthAnswer(hostname))
    return this.#tell(log.error(this.#reader.name, 'Received unknown health command', command.kind))
  }

  async #read(command: ReadCommand): Promise<void> {
    const { timeoutSeconds: seconds } = command
    const signals = seconds === undefined ? [] : [AbortSignal.timeout(seconds * 1000)]
    if (command.mode === 'tail') signals.push(this.#context.sessions.stopping)
    const signal = AbortSignal.any([this.#ending.signal, this.#generation.signal, ...signals])
    try {
      await readFiles({ command, reader: this.#reader, context: this.#context, sink: this.#sink(), signal })
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  async #map(command: MapCommand): Promise<void> {
    const { hostname, config, clock, log } = this.#context
    let query: RunningQuery
    try {
      query = new RunningQuery(command, {
        hostname,
        clock,
        defaultLogFormat: config.MapreduceLogFormat,
        signal: AbortSignal.any([this.#ending.signal, this.#generation.signal]),
        write: bytes => this.#write(bytes),
      })
    } catch (error) {
      log.error(this.#reader.name, errorText(error))
      return this.#tell(errorText(error))
    }
    this.#query = query
    // The words of the fork, as above: groups are made of bytes, not of lines that were made texts first.
    log.debug(this.#reader.name, 'Creating turbo aggregate for MapReduce', command.query)
    log.debug(this.#reader.name, 'Using turbo aggregate processor for MapReduce')
    const { timeoutSeconds: seconds } = command
    const timer = seconds === undefined ? undefined : setTimeout(() => query.finish(), seconds * 1000)
    await query.run().finally(() => clearTimeout(timer))
  }

  /** Tells the ledger, and does what it says. Returns whether a command came too late. */
  #apply(event: LedgerEvent): boolean {
    const actions = this.#ledger.apply(event)
    for (const action of actions) this.#act(action)
    return actions.includes('refuse-command')
  }

  #act(action: LedgerAction): void {
    switch (action) {
      case 'start-grace':
        this.#timer = setTimeout(() => this.#apply({ kind: 'grace-elapsed' }), this.#graceMs)
        return
      case 'cancel-grace':
        return clearTimeout(this.#timer)
      case 'finish-queries':
        return this.#query?.finish()
      case 'drain-output':
        return this.#background(this.#session.flush().then(() => void this.#apply({ kind: 'drained' })))
      case 'request-close':
        return this.#requestClose()
      case 'cancel-reads':
        return this.#ending.abort(new Error('session ended'))
      case 'close-session':
        clearTimeout(this.#timer)
        this.#ending.abort(new Error('session ended'))
        return this.#background(this.#session.close())
      case 'refuse-command':
        return
    }
  }

  /** Nobody waits for a command that will not come. */
  get #graceMs(): number {
    const { commands = Infinity } = this.#native?.terms ?? {}
    return this.#commands >= commands ? 0 : CLOSE_GRACE_MS
  }

  #requestClose(): void {
    this.#background(this.#write(encodeHidden(CLOSE_REQUEST)))
    const waitMs = this.#inputEnded ? 0 : CLOSE_ACKNOWLEDGE_TIMEOUT_MS
    this.#timer = setTimeout(() => this.#apply({ kind: 'acknowledge-timed-out' }), waitMs)
  }

  /** For work that nobody waits for: a session that is gone ends it in silence, anything else is told. */
  #background(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      if (this.#ending.signal.aborted || (LogflowError.is(error) && error.code.startsWith('LF_SSH_'))) return
      this.#context.log.error(this.#reader.name, 'Session failed', errorText(error))
      this.#session.abort()
    })
  }
}
