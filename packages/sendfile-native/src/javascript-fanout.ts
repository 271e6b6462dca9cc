import type { Socket } from 'node:net'
import { BufferPool } from './buffer-pool.ts'
import { SendfileError } from './errors.ts'
import type { Fanout } from './fanout.ts'
import { JavascriptTransfer } from './javascript-transfer.ts'
import { OpenFiles } from './open-file.ts'
import { checkOffset, resolveRequest } from './resolve-request.ts'
import { SocketConnection } from './socket-connection.ts'
import type { AdoptOptions, Connection, FanoutStats, Transfer, TransferRequest } from './transfer.ts'

/** Reads into pooled buffers and writes them: for every system, for TLS, and for files that sendfile cannot read. */
export class JavascriptFanout implements Fanout {
  readonly engine = 'javascript'
  readonly #pool: BufferPool
  readonly #files = new OpenFiles<JavascriptTransfer>()
  readonly #active = new Set<JavascriptTransfer>()
  #finishedBytes = 0
  #closing: Promise<void> | undefined

  constructor(bufferBytes: number) {
    this.#pool = new BufferPool(bufferBytes)
  }

  send(socket: Socket, request: TransferRequest): Transfer {
    if (this.#closing) throw new SendfileError('LF_SENDFILE_CLOSED', 'the fanout is closed')
    const transfer = new JavascriptTransfer(socket, resolveRequest(request), this.#files, this.#pool)
    this.#active.add(transfer)
    void transfer.done.then(({ bytesSent }) => {
      this.#active.delete(transfer)
      this.#finishedBytes += bytesSent
    })
    return transfer
  }

  adopt(socket: Socket, options: AdoptOptions = {}): Connection {
    if (this.#closing) throw new SendfileError('LF_SENDFILE_CLOSED', 'the fanout is closed')
    return new SocketConnection(socket, options, (from, request) => this.send(from, request))
  }

  extend(fd: number, size: number): void {
    if (this.#closing) throw new SendfileError('LF_SENDFILE_CLOSED', 'the fanout is closed')
    checkOffset('size', size)
    const file = this.#files.find(fd)
    if (!file) return
    file.announcements++
    for (const transfer of file.readers) transfer.wake(size)
  }

  stats(): FanoutStats {
    let [parked, blocked, bytesSent] = [0, 0, this.#finishedBytes]
    for (const transfer of this.#active) {
      if (transfer.state === 'parked') parked++
      if (transfer.state === 'blocked') blocked++
      bytesSent += transfer.bytesSent
    }
    return { active: this.#active.size, parked, blocked, bytesSent }
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#cancelAll())
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #cancelAll(): Promise<void> {
    const active = [...this.#active]
    for (const transfer of active) transfer.cancel()
    await Promise.all(active.map(transfer => transfer.done))
  }
}
