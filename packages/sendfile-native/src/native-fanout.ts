import type { Socket } from 'node:net'
import { SendfileError } from './errors.ts'
import type { Fanout } from './fanout.ts'
import { JavascriptFanout } from './javascript-fanout.ts'
import type { NativeBinding } from './native-binding.ts'
import { NativeConnection, type NativeLeg } from './native-connection.ts'
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
  readonly #active = new Set<NativeTransfer | NativeLeg>()
  readonly #adopted = new Set<NativeConnection>()
  #finishedBytes = 0
  #closing: Promise<void> | undefined

  constructor(binding: NativeBinding, bufferBytes: number) {
    this.#engine = NativeEngine.acquire(binding)
    this.#javascript = new JavascriptFanout(bufferBytes)
  }

  send(socket: Socket, request: TransferRequest): Transfer {
    const fallback = (from: Socket, rest: TransferRequest): Transfer => this.#javascript.send(from, rest)
    const surroundings = { engine: this.#engine, files: this.#files, fallback }
    return this.#track(() => new NativeTransfer(socket, resolveRequest(request), surroundings))
  }

  adopt(socket: Socket, options: AdoptOptions = {}): Connection {
    if (this.#closing) throw new SendfileError('LF_SENDFILE_CLOSED', 'the fanout is closed')
    const fd = descriptorOf(socket)
    if (fd === undefined || socket.destroyed || whenFlushed(socket))
      return new SocketConnection(socket, options, (from, request) => this.send(from, request))
    const home = { engine: this.#engine, files: this.#files, track: this.#track }
    const onClosed = (): void => {
      this.#adopted.delete(connection)
      options.onClosed?.()
    }
    const connection = new NativeConnection({ socket, fd }, home, { ...options, onClosed })
    this.#adopted.add(connection)
    return connection
  }

  extend(fd: number, size: number): void {
    if (this.#closing) throw new SendfileError('LF_SENDFILE_CLOSED', 'the fanout is closed')
    checkOffset('size', size)
    const file = this.#files.find(fd)
    if (!file) return
    this.#engine.binding.extend(file.fd, size)
    this.#javascript.extend(file.fd, size)
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

  readonly #track = <T extends NativeTransfer | NativeLeg>(create: () => T): T => {
    if (this.#closing) throw new SendfileError('LF_SENDFILE_CLOSED', 'the fanout is closed')
    const transfer = create()
    this.#active.add(transfer)
    void transfer.done.then(({ bytesSent }) => {
      this.#active.delete(transfer)
      this.#finishedBytes += bytesSent
    })
    return transfer
  }

  async #cancelAll(): Promise<void> {
    const active = [...this.#active]
    for (const transfer of active) transfer.cancel()
    for (const connection of [...this.#adopted]) connection.destroy()
    await Promise.all(active.map(transfer => transfer.done))
    await this.#javascript.close()
    this.#engine.release()
  }
}
