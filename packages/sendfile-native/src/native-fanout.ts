import type { Socket } from 'node:net'
import { ActiveTransfers } from './active-transfers.ts'
import type { Fanout } from './fanout.ts'
import { JavascriptFanout } from './javascript-fanout.ts'
import type { NativeBinding } from './native-binding.ts'
import { NativeConnection } from './native-connection.ts'
import { NativeEngine } from './native-engine.ts'
import { NativeTransfer } from './native-transfer.ts'
import { OpenFiles } from './open-file.ts'
import { checkOffset, resolveRequest } from './resolve-request.ts'
import { SocketConnection } from './socket-connection.ts'
import { descriptorOf, whenFlushed } from './socket-state.ts'
import type { AdoptOptions, Connection, FanoutStats, Transfer, TransferRequest } from './transfer.ts'

/** Hands descriptors to the threads of the addon; what that cannot send goes on in JavaScript. */
export class NativeFanout implements Fanout {
  readonly engine = 'native'
  readonly #engine: NativeEngine
  readonly #javascript: JavascriptFanout
  readonly #files = new OpenFiles<Transfer>()
  readonly #transfers = new ActiveTransfers()
  readonly #adopted = new Set<NativeConnection>()

  constructor(binding: NativeBinding, bufferBytes: number) {
    this.#engine = NativeEngine.acquire(binding)
    this.#javascript = new JavascriptFanout(bufferBytes)
  }

  send(socket: Socket, request: TransferRequest): Transfer {
    const fallback = (from: Socket, rest: TransferRequest): Transfer => this.#javascript.send(from, rest)
    const surroundings = { engine: this.#engine, files: this.#files, fallback }
    return this.#transfers.track(() => new NativeTransfer(socket, resolveRequest(request), surroundings))
  }

  adopt(socket: Socket, options: AdoptOptions = {}): Connection {
    this.#transfers.checkOpen()
    const fd = descriptorOf(socket)
    if (fd === undefined || socket.destroyed || whenFlushed(socket))
      return new SocketConnection(socket, options, (from, request) => this.send(from, request))
    const home = { engine: this.#engine, files: this.#files, track: this.#transfers.track }
    const onClosed = (): void => {
      this.#adopted.delete(connection)
      options.onClosed?.()
    }
    const connection = new NativeConnection({ socket, fd }, home, { ...options, onClosed })
    this.#adopted.add(connection)
    return connection
  }

  extend(fd: number, size: number): void {
    this.#transfers.checkOpen()
    checkOffset('size', size)
    const file = this.#files.find(fd)
    if (!file) return
    this.#engine.binding.extend(file.fd, size)
    this.#javascript.extend(file.fd, size)
  }

  stats(): FanoutStats {
    return this.#transfers.stats()
  }

  close(): Promise<void> {
    return this.#transfers.close({
      cancel: () => {
        for (const connection of [...this.#adopted]) connection.destroy()
      },
      release: async () => {
        await this.#javascript.close()
        this.#engine.release()
      },
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
