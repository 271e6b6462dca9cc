import type { Socket } from 'node:net'
import { ActiveTransfers } from './active-transfers.ts'
import { BufferPool } from './buffer-pool.ts'
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
  readonly #transfers = new ActiveTransfers()

  constructor(bufferBytes: number) {
    this.#pool = new BufferPool(bufferBytes)
  }

  send(socket: Socket, request: TransferRequest): Transfer {
    return this.#transfers.track(() => new JavascriptTransfer(socket, resolveRequest(request), this.#files, this.#pool))
  }

  adopt(socket: Socket, options: AdoptOptions = {}): Connection {
    this.#transfers.checkOpen()
    return new SocketConnection(socket, options, (from, request) => this.send(from, request))
  }

  extend(fd: number, size: number): void {
    this.#transfers.checkOpen()
    checkOffset('size', size)
    const file = this.#files.find(fd)
    if (!file) return
    file.announcements++
    for (const transfer of file.readers) transfer.wake(size)
  }

  stats(): FanoutStats {
    return this.#transfers.stats()
  }

  close(): Promise<void> {
    return this.#transfers.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
