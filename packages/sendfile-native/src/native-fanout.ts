import type { Socket } from 'node:net'
import { SendfileError } from './errors.ts'
import type { Fanout } from './fanout.ts'
import { JavascriptFanout } from './javascript-fanout.ts'
import type { NativeBinding } from './native-binding.ts'
import { NativeEngine } from './native-engine.ts'
import { NativeTransfer } from './native-transfer.ts'
import { OpenFiles } from './open-file.ts'
import { checkOffset, resolveRequest } from './resolve-request.ts'
import type { FanoutStats, Transfer, TransferRequest } from './transfer.ts'

/** Hands descriptors to the thread of the addon; what that cannot send goes on in JavaScript. */
export class NativeFanout implements Fanout {
  readonly engine = 'native'
  readonly #engine: NativeEngine
  readonly #javascript: JavascriptFanout
  readonly #files = new OpenFiles<NativeTransfer>()
  readonly #active = new Set<NativeTransfer>()
  #finishedBytes = 0
  #closing: Promise<void> | undefined

  constructor(binding: NativeBinding, bufferBytes: number) {
    this.#engine = NativeEngine.acquire(binding)
    this.#javascript = new JavascriptFanout(bufferBytes)
  }

  send(socket: Socket, request: TransferRequest): Transfer {
    if (this.#closing) throw new SendfileError('LF_SENDFILE_CLOSED', 'the fanout is closed')
    const transfer = new NativeTransfer(socket, resolveRequest(request), {
      engine: this.#engine,
      files: this.#files,
      fallback: (from, rest) => this.#javascript.send(from, rest),
    })
    this.#active.add(transfer)
    void transfer.done.then(({ bytesSent }) => {
      this.#active.delete(transfer)
      this.#finishedBytes += bytesSent
    })
    return transfer
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
    const javascript = this.#javascript.stats()
    let { parked, blocked } = javascript
    let bytesSent = this.#finishedBytes
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
    await this.#javascript.close()
    this.#engine.release()
  }
}
