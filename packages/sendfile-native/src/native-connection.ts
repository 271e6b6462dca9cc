import type { Socket } from 'node:net'
import { readError, SendfileError } from './errors.ts'
import { NATIVE_OUTCOMES, NATIVE_STATES } from './native-binding.ts'
import type { JobDone, JobWork, NativeEngine } from './native-engine.ts'
import { FOLLOW } from './native-transfer.ts'
import { DEFAULT_IGNORED_BYTES } from './limits.ts'
import type { OpenFile, OpenFiles } from './open-file.ts'
import { resolveRequest, type ResolvedRequest } from './resolve-request.ts'
import type {
  AdoptOptions,
  Connection,
  Transfer,
  TransferOutcome,
  TransferRequest,
  TransferResult,
  TransferState,
} from './transfer.ts'

/** Starts a job on the connection and returns its id. */
type Begin = (work: JobWork, done: JobDone) => number

/** What a {@link NativeConnection} needs from its fanout. */
export interface NativeHome {
  readonly engine: NativeEngine
  readonly files: OpenFiles<Transfer>
  /** Counts a new leg among the transfers. @throws SendfileError `LF_SENDFILE_CLOSED` */
  readonly track: (create: () => NativeLeg) => NativeLeg
}

/** A connection whose only descriptor is the engine's: the socket it came from is closed when the first job has it. */
export class NativeConnection implements Connection {
  readonly #home: NativeHome
  readonly #onClosed: () => void
  #begin: Begin
  #socket: Socket | undefined
  #leg: NativeLeg | undefined
  #closed = false

  /** The socket has the descriptor `fd`, and nothing left to write. */
  constructor(
    { socket, fd }: { readonly socket: Socket; readonly fd: number },
    home: NativeHome,
    { maxIgnoredBytes = DEFAULT_IGNORED_BYTES, onClosed = () => {} }: AdoptOptions,
  ) {
    this.#socket = socket
    this.#home = home
    this.#onClosed = onClosed
    this.#begin = (work, done) => home.engine.add(fd, work, done, maxIgnoredBytes)
  }

  send(request: TransferRequest): Transfer {
    const resolved = resolveRequest(request)
    const begin = this.#closed || this.#socket?.destroyed ? undefined : this.#begin
    const leg = this.#home.track(() => new NativeLeg(resolved, this.#home, begin))
    this.#leg = leg
    this.#begin = (work, done) => this.#home.engine.follow(leg.id, work, done)
    // The job has a descriptor of its own: this closes Node's, not the connection.
    this.#socket?.destroy()
    this.#socket = undefined
    void leg.done.then(({ outcome }) => {
      if (outcome !== 'ended' && outcome !== 'truncated') this.#close()
    })
    return leg
  }

  end(): void {
    if (this.#socket) this.#socket.destroySoon()
    else if (this.#leg) this.#home.engine.binding.hangUp(this.#leg.id)
    this.#close()
  }

  destroy(): void {
    this.#socket?.destroy()
    if (this.#leg) this.#home.engine.binding.cancel(this.#leg.id)
    if (!this.#leg || this.#leg.over) this.#close()
  }

  #close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#onClosed()
  }
}

/** One file on its way into a kept connection. */
export class NativeLeg implements Transfer {
  readonly engine = 'native'
  readonly done: Promise<TransferResult>
  /** Of the job; 0 when it could not start. */
  readonly id: number = 0
  readonly #home: NativeHome
  readonly #file: OpenFile<Transfer>
  readonly #start: number
  #offset: number
  #over = false
  #settle: (result: TransferResult) => void = () => {}

  constructor(
    { fd, offset, end = FOLLOW, noticesGrowth }: ResolvedRequest,
    home: NativeHome,
    begin: Begin | undefined,
  ) {
    this.#home = home
    this.#start = offset
    this.#offset = offset
    this.#file = home.files.enter(fd, this)
    this.done = new Promise(settle => (this.#settle = settle))
    if (!begin) {
      this.#finish('closed')
      return
    }
    try {
      this.id = begin({ fileFd: this.#file.fd, offset, end, notices: noticesGrowth }, (outcome, errno, reached) => {
        this.#offset = reached
        const name = NATIVE_OUTCOMES[outcome] as TransferOutcome
        this.#finish(name, name === 'failed' ? readError(errno, reached) : undefined)
      })
    } catch (cause) {
      const detail = { syscall: (cause as { syscall?: string }).syscall }
      this.#finish('failed', new SendfileError('LF_SENDFILE_START', 'cannot start to send', { cause, detail }))
    }
  }

  get over(): boolean {
    return this.#over
  }
  get offset(): number {
    return this.#over ? this.#offset : Math.max(this.#home.engine.binding.offset(this.id), this.#offset)
  }
  get bytesSent(): number {
    return this.offset - this.#start
  }
  get state(): TransferState {
    return (this.#over ? undefined : NATIVE_STATES[this.#home.engine.binding.state(this.id)]) ?? 'ready'
  }

  endAt(end: number): void {
    if (!this.#over) this.#home.engine.binding.endAt(this.id, end)
  }

  cancel(): void {
    if (!this.#over) this.#home.engine.binding.cancel(this.id)
  }

  #finish(outcome: TransferOutcome, error?: SendfileError): void {
    this.#over = true
    this.#home.files.leave(this.#file, this)
    this.#settle({ outcome, offset: this.#offset, bytesSent: this.#offset - this.#start, ...(error && { error }) })
  }
}
