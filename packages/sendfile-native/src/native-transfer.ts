import type { Socket } from 'node:net'
import { readError, SendfileError } from './errors.ts'
import { NATIVE_OUTCOMES, NATIVE_STATES } from './native-binding.ts'
import type { NativeEngine } from './native-engine.ts'
import type { OpenFile, OpenFiles } from './open-file.ts'
import type { ResolvedRequest } from './resolve-request.ts'
import { descriptorOf, whenFlushed } from './socket-state.ts'
import type { Engine, Transfer, TransferOutcome, TransferRequest, TransferResult, TransferState } from './transfer.ts'

/** The end of a job that has none. */
export const FOLLOW = -1

/** What a {@link NativeTransfer} needs from its fanout. */
export interface NativeSurroundings {
  readonly engine: NativeEngine
  readonly files: OpenFiles<Transfer>
  /** Sends in JavaScript what has no descriptor to write to, as TLS. */
  readonly fallback: (socket: Socket, request: TransferRequest) => Transfer
}

/** One transfer of the native engine: waits for its socket, hands both descriptors over, listens for the end. */
export class NativeTransfer implements Transfer {
  readonly done: Promise<TransferResult>
  readonly #socket: Socket
  readonly #surroundings: NativeSurroundings
  readonly #file: OpenFile<Transfer>
  readonly #start: number
  readonly #onClose = (): void => this.#stop('closed')
  readonly #notices: boolean
  #offset: number
  #end: number | undefined
  #id = 0
  #stopped: 'closed' | 'cancelled' | undefined
  #fallback: Transfer | undefined
  #over = false
  #settle: (result: TransferResult) => void = () => {}

  constructor(socket: Socket, { fd, offset, end, noticesGrowth }: ResolvedRequest, surroundings: NativeSurroundings) {
    this.#socket = socket
    this.#surroundings = surroundings
    this.#start = offset
    this.#offset = offset
    this.#end = end
    this.#notices = noticesGrowth
    this.#file = surroundings.files.enter(fd, this)
    this.done = new Promise(settle => (this.#settle = settle))
    socket.once('close', this.#onClose)
    const flushed = whenFlushed(socket)
    if (socket.destroyed) this.#finish('closed')
    else if (flushed) void flushed.then(() => this.#attach())
    else this.#attach()
  }

  get engine(): Engine {
    return this.#fallback ? 'javascript' : 'native'
  }
  get offset(): number {
    if (this.#fallback) return this.#fallback.offset
    return this.#over || this.#id === 0
      ? this.#offset
      : Math.max(this.#surroundings.engine.binding.offset(this.#id), this.#offset)
  }
  get bytesSent(): number {
    return this.offset - this.#start
  }
  get state(): TransferState {
    if (this.#fallback) return this.#fallback.state
    if (this.#over || this.#id === 0) return 'ready'
    return NATIVE_STATES[this.#surroundings.engine.binding.state(this.#id)] ?? 'ready'
  }

  endAt(end: number): void {
    this.#end = end
    if (this.#fallback) this.#fallback.endAt(end)
    else if (this.#id !== 0 && !this.#over) this.#surroundings.engine.binding.endAt(this.#id, end)
  }

  cancel(): void {
    this.#stop('cancelled')
  }

  #attach(): void {
    if (this.#over) return
    const fd = descriptorOf(this.#socket)
    if (fd === undefined) return this.#continueInJavascript()
    try {
      const work = { fileFd: this.#file.fd, offset: this.#offset, end: this.#end ?? FOLLOW, notices: this.#notices }
      this.#id = this.#surroundings.engine.add(fd, work, (outcome, errno, offset) => {
        this.#offset = offset
        this.#jobDone(NATIVE_OUTCOMES[outcome] as (typeof NATIVE_OUTCOMES)[number], errno)
      })
    } catch (cause) {
      const detail = { syscall: (cause as { syscall?: string }).syscall }
      this.#finish('failed', new SendfileError('LF_SENDFILE_START', 'cannot start to send', { cause, detail }))
    }
  }

  /** The connection goes in any case; the job has a descriptor of it and closes that when it is told. */
  #stop(reason: 'closed' | 'cancelled'): void {
    if (this.#over || this.#stopped) return
    this.#stopped = reason
    if (this.#fallback) this.#fallback.cancel()
    else if (this.#id === 0) this.#finish(reason)
    else this.#surroundings.engine.binding.cancel(this.#id)
    this.#socket.destroy()
  }

  #jobDone(outcome: (typeof NATIVE_OUTCOMES)[number], errno: number): void {
    this.#finish(outcome, outcome === 'failed' ? readError(errno, this.#offset) : undefined)
  }

  #continueInJavascript(): void {
    const end = this.#end
    const request = { fd: this.#file.fd, offset: this.#offset }
    this.#socket.off('close', this.#onClose)
    this.#fallback = this.#surroundings.fallback(
      this.#socket,
      end === undefined ? { ...request, mode: 'follow' } : { ...request, mode: 'end', end },
    )
    void this.#fallback.done.then(({ outcome, offset, error }) => {
      this.#offset = offset
      this.#finish(outcome, error)
    })
  }

  #finish(outcome: TransferOutcome, error?: SendfileError): void {
    if (this.#over) return
    this.#over = true
    this.#socket.off('close', this.#onClose)
    this.#surroundings.files.leave(this.#file, this)
    const known = outcome === 'cancelled' || outcome === 'closed' ? (this.#stopped ?? outcome) : outcome
    if (known !== 'ended' && known !== 'truncated') this.#socket.destroy()
    this.#settle({
      outcome: known,
      offset: this.#offset,
      bytesSent: this.#offset - this.#start,
      ...(error && { error }),
    })
  }
}
