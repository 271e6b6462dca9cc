import { createHash } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import type { Clock } from '@logflow/core'
import type { Claims } from '../claims.ts'
import { eachFile, type Ledgers } from '../ledger.ts'
import type { Scene } from '../scene.ts'

/** A reader of tailsrv, from the first byte on, as `nc` would be. */
export class StreamReader {
  readonly #port: number
  readonly #hash = createHash('sha256')
  #socket: Socket | undefined
  #bytes = 0
  #connects = 0
  #closed = false

  constructor(scene: Scene) {
    this.#port = scene.ports.tailsrv
  }

  /** Bytes received so far. */
  get bytes(): number {
    return this.#bytes
  }

  /** Connects once; a reader that loses its server says so by what it lacks. */
  open(): void {
    this.#connects++
    const socket = connect(this.#port, '127.0.0.1', () => socket.write('0\n'))
    socket.on('data', chunk => {
      this.#hash.update(chunk)
      this.#bytes += chunk.length
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      if (!this.#closed && this.#bytes === 0 && this.#connects < 100) setTimeout(() => this.open(), 50)
    })
    this.#socket = socket
  }

  /** Waits until `bytes` arrived or `ms` passed. */
  async waitFor(bytes: number, ms: number, clock: Clock): Promise<void> {
    for (const deadline = clock.monotonicMs() + ms; this.#bytes < bytes && clock.monotonicMs() < deadline;)
      await clock.sleep(20)
  }

  /** SHA-256 over what was received so far. */
  sha256(): string {
    return this.#hash.copy().digest('hex')
  }

  close(): void {
    this.#closed = true
    this.#socket?.destroy()
  }
}

/** The reader got every byte of the first host's access log, through all its rotations, in order. */
export async function claimStream(
  reader: StreamReader,
  ledgers: Ledgers,
  { claims, clock }: { readonly claims: Claims; readonly clock: Clock },
): Promise<void> {
  const [file] = eachFile(ledgers, 'access.log')
  if (!file) throw new Error('no access.log in the ledger')
  await reader.waitFor(file.bytes, 5000, clock)
  await claims.equal(`tailsrv: bytes through ${file.rotations} rotations`, reader.bytes, file.bytes)
  await claims.equal('tailsrv: SHA-256 of the stream', reader.sha256(), file.sha256)
}
