import { read } from 'node:fs'
import type { Socket } from 'node:net'
import { BUFFER_SIZES, type BufferPool } from './buffer-pool.ts'
import { SendfileError } from './errors.ts'
import type { OpenFile, OpenFiles } from './open-file.ts'
import type { ResolvedRequest } from './resolve-request.ts'
import { whenFlushed } from './socket-state.ts'
import type { Transfer, TransferOutcome, TransferResult, TransferState } from './transfer.ts'

/** One transfer of the JavaScript engine: read, write, wait until the kernel took it, again. */
export class JavascriptTransfer implements Transfer {
  readonly engine = 'javascript'
  readonly done: Promise<TransferResult>
  state: TransferState = 'ready'
  readonly #socket: Socket
  readonly #start: number
  readonly #files: OpenFiles<JavascriptTransfer>
  readonly #file: OpenFile<JavascriptTransfer>
  readonly #pool: BufferPool
  readonly #onClose = (): void => this.#finish('closed')
  #offset: number
  #end: number | undefined
  #over = false
  #reading = false
  #size = 2 // index into BUFFER_SIZES
  #settle: (result: TransferResult) => void = () => {}
  #unpark: (() => void) | undefined

  constructor(
    socket: Socket,
    { fd, offset, end }: ResolvedRequest,
    files: OpenFiles<JavascriptTransfer>,
    pool: BufferPool,
  ) {
    this.#socket = socket
    this.#start = offset
    this.#offset = offset
    this.#end = end
    this.#files = files
    this.#file = files.enter(fd, this)
    this.#pool = pool
    this.done = new Promise(settle => (this.#settle = settle))
    socket.once('close', this.#onClose)
    if (socket.destroyed) this.#finish('closed')
    else void this.#run()
  }

  get offset(): number {
    return this.#offset
  }
  get bytesSent(): number {
    return this.#offset - this.#start
  }

  endAt(end: number): void {
    this.#end = end
    if (this.#offset >= end && this.state === 'parked') this.#finish('ended')
    this.#unpark?.()
  }

  cancel(): void {
    this.#finish('cancelled')
  }

  /** There are `size` bytes in the file now. */
  wake(size: number): void {
    if (size > this.#offset) this.#unpark?.()
  }

  async #run(): Promise<void> {
    await whenFlushed(this.#socket)
    while (!this.#over) {
      if (this.#end !== undefined && this.#offset >= this.#end) return this.#finish('ended')
      const announcements = this.#file.announcements
      const outcome = await this.#step()
      if (outcome === 'sent' || this.#over) continue
      if (outcome !== 'at-end') return this.#fail(outcome)
      if (this.#end !== undefined) return this.#finish('truncated')
      // Bytes announced while the read was under way may have come too late for it: then it is repeated.
      if (this.#file.announcements === announcements) await this.#park()
    }
  }

  /** One chunk from the file to the socket. A failed read returns its error; a failed write closes the socket. */
  async #step(): Promise<'sent' | 'at-end' | Error> {
    const buffer = await this.#pool.take(BUFFER_SIZES[this.#size] as number)
    const count = this.#over ? 0 : await this.#read(buffer)
    if (this.#over || typeof count !== 'number' || count === 0) {
      this.#pool.release(buffer)
      return typeof count === 'number' ? 'at-end' : count
    }
    await this.#write(buffer, count)
    return 'sent'
  }

  #read(buffer: Uint8Array): Promise<number | Error> {
    const length = Math.min(buffer.length, (this.#end ?? Number.MAX_SAFE_INTEGER) - this.#offset)
    this.#reading = true
    return new Promise(resolve =>
      read(this.#file.fd, buffer, 0, length, this.#offset, (error, count) => {
        this.#reading = false
        if (this.#over) this.#files.leave(this.#file, this)
        resolve(error ?? count)
      }),
    )
  }

  /** Resolves when the kernel has the bytes; only then may the buffer be used again. */
  #write(buffer: Uint8Array, count: number): Promise<void> {
    return new Promise(resolve => {
      this.#socket.write(buffer.subarray(0, count), error => {
        this.#pool.release(buffer)
        this.state = 'ready'
        if (!error) this.#offset += count
        resolve()
      })
      // Taken at once: a quick peer, which gets larger chunks. Otherwise it holds memory for a while: smaller ones.
      const taken = this.#socket.writableLength === 0
      this.state = taken ? 'ready' : 'blocked'
      this.#size = Math.min(Math.max(this.#size + (taken ? 1 : -1), 0), BUFFER_SIZES.length - 1)
    })
  }

  async #park(): Promise<void> {
    this.state = 'parked'
    await new Promise<void>(unpark => (this.#unpark = unpark))
    this.#unpark = undefined
    this.state = 'ready'
  }

  #fail(cause: Error): void {
    const detail = { offset: this.#offset }
    this.#finish('failed', new SendfileError('LF_SENDFILE_READ', 'cannot read the file', { cause, detail }))
  }

  #finish(outcome: TransferOutcome, error?: SendfileError): void {
    if (this.#over) return
    this.#over = true
    this.state = 'ready'
    this.#socket.off('close', this.#onClose)
    // A read that is under way still needs the descriptor and gives it back itself.
    if (!this.#reading) this.#files.leave(this.#file, this)
    if (outcome !== 'ended' && outcome !== 'truncated') this.#socket.destroy()
    this.#settle({ outcome, offset: this.#offset, bytesSent: this.bytesSent, ...(error && { error }) })
    this.#unpark?.()
  }
}
