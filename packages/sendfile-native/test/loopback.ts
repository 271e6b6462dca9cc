import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file with known bytes in a directory of its own, open for reading. */
export class TestFile implements Disposable {
  readonly path: string
  readonly fd: number
  readonly #folder: string
  #open = true

  constructor(bytes: Uint8Array | string) {
    this.#folder = mkdtempSync(join(tmpdir(), 'sendfile-'))
    this.path = join(this.#folder, 'file.log')
    writeFileSync(this.path, bytes)
    this.fd = openSync(this.path, 'r')
  }

  close(): void {
    if (this.#open) closeSync(this.fd)
    this.#open = false
  }

  [Symbol.dispose](): void {
    this.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** A TCP server on loopback that hands out both ends of a connection. */
export class Pairs implements AsyncDisposable {
  readonly #server: Server
  readonly #accepted: Socket[] = []

  private constructor(server: Server) {
    this.#server = server
    server.on('connection', socket => {
      socket.on('error', () => {})
      this.#accepted.push(socket)
    })
  }

  static async open(): Promise<Pairs> {
    const pairs = new Pairs(createServer({ noDelay: true, allowHalfOpen: true }))
    pairs.#server.listen(0, '127.0.0.1')
    await once(pairs.#server, 'listening')
    return pairs
  }

  /** The accepted end, and the end of a client that does not read yet. */
  async connect(): Promise<{ server: Socket; client: Socket }> {
    const client = connect((this.#server.address() as AddressInfo).port, '127.0.0.1')
    client.on('error', () => {})
    await once(client, 'connect')
    for (;;) {
      const server = this.#accepted.find(socket => socket.remotePort === client.localPort && !socket.destroyed)
      if (server) return { server, client }
      await new Promise(resolve => setImmediate(resolve))
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#accepted) socket.destroy()
    await new Promise(resolve => this.#server.close(resolve))
  }
}

/** Everything the client got until its connection ended. */
export async function received(client: Socket): Promise<Buffer> {
  const chunks: Buffer[] = []
  client.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(client, 'close')
  return Buffer.concat(chunks)
}

/** Resolves with the next `count` bytes. */
export async function nextBytes(client: Socket, count: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  for (let size = 0; size < count;) {
    const chunk = client.read() as Buffer | null
    if (!chunk) {
      await once(client, 'readable')
      continue
    }
    chunks.push(chunk)
    size += chunk.length
  }
  return Buffer.concat(chunks)
}

/** Bytes that differ at every offset enough for a swap or a repetition to show. */
export function patterned(size: number): Buffer {
  const bytes = Buffer.alloc(size)
  for (let at = 0; at + 4 <= size; at += 4) bytes.writeUInt32LE((at * 2654435761) >>> 0, at)
  return bytes
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Descriptors this process has open. */
export function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length
}
