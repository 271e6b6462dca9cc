import { connect, type Socket } from 'node:net'
import { vi } from 'vitest'

/** A client of a server on loopback: sends a header and keeps what comes. */
export class TestReader {
  readonly socket: Socket
  closed = false
  readonly #chunks: Buffer[] = []

  constructor(port: number, header: string | Uint8Array | undefined) {
    this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    this.socket.on('error', () => {})
    this.socket.on('data', (chunk: Buffer) => this.#chunks.push(chunk))
    this.socket.on('end', () => this.socket.end())
    this.socket.on('close', () => (this.closed = true))
    if (header !== undefined) this.socket.write(header)
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks)
  }

  /** Resolves when exactly `text` has come, and no more. */
  async has(text: string): Promise<void> {
    await vi.waitFor(
      () => {
        const now = this.bytes.toString('latin1')
        if (now !== text)
          throw new Error(`has ${JSON.stringify(now.slice(-200))}, not ${JSON.stringify(text.slice(-200))}`)
      },
      { interval: 5 },
    )
  }

  /** Everything until the server closed. */
  async all(): Promise<string> {
    if (!this.closed) await new Promise(resolve => this.socket.once('close', resolve)) // a reset is an end too
    return this.bytes.toString('latin1')
  }
}
