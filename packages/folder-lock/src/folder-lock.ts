import { createHash } from 'node:crypto'
import { realpath, unlink } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { platform, tmpdir } from 'node:os'
import { join } from 'node:path'
import { pid } from 'node:process'

const HOLDER_ANSWERS_MS = 1000

/** A lock that is held. */
export interface FolderLock extends AsyncDisposable {
  /** Gives it back. Every call returns the same promise. */
  close(): Promise<void>
}

/**
 * Takes the right to `folder` for `purpose` (letters, digits and hyphens; locks for different purposes do not meet).
 * Resolves with `undefined` when another process, or this one, holds it already.
 *
 * The holder is a listening local socket whose name is made from the real path: the system takes it back when the
 * process ends, which no lock file can promise. It holds within one machine (Linux: one network namespace).
 *
 * @throws Error of the file system when the folder does not exist; RangeError for a purpose with other characters
 */
export async function lockFolder(folder: string, purpose: string): Promise<FolderLock | undefined> {
  const address = await addressOf(folder, purpose)
  const server = (await listen(address)) ?? ((await removeStale(address)) ? await listen(address) : undefined)
  return server && new HeldLock(server)
}

/**
 * The number of the process that holds `folder` for `purpose`. `undefined` when nobody does, or when the holder does not
 * answer within a second: this is for people to read, not a lock of its own.
 *
 * @throws as {@link lockFolder}
 */
export async function holderOf(folder: string, purpose: string): Promise<number | undefined> {
  const socket = connect(await addressOf(folder, purpose))
  let said = ''
  socket.setEncoding('latin1').on('data', (text: string) => (said += text))
  await new Promise<void>(resolve => {
    socket.setTimeout(HOLDER_ANSWERS_MS, () => socket.destroy())
    socket.on('error', () => {}).once('close', () => resolve())
  })
  return /^\d+\n$/.test(said) ? Number(said) : undefined
}

async function addressOf(folder: string, purpose: string): Promise<string> {
  if (!/^[a-z0-9-]{1,24}$/i.test(purpose))
    throw new RangeError(`purpose ${JSON.stringify(purpose)} is not a short name`)
  const hash = createHash('sha256')
    .update(await realpath(folder))
    .digest('hex')
  // A path of a local socket has about 100 bytes.
  const name = `logflow-${purpose}-${hash.slice(0, 32)}`
  return platform() === 'linux' ? `\0${name}` : join(tmpdir(), `${name}.sock`)
}

class HeldLock implements FolderLock {
  readonly #server: Server
  #closing: Promise<void> | undefined

  constructor(server: Server) {
    this.#server = server
  }

  close(): Promise<void> {
    return (this.#closing ??= new Promise(resolve => this.#server.close(() => resolve())))
  }
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

/** `undefined` when the address is in use. */
function listen(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    // Who asks is told who holds it.
    const server = createServer(socket => socket.on('error', () => {}).end(`${pid}\n`))
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    )
    server.listen(address, () => resolve(server.unref()))
  })
}

/** A socket file that nobody answers is left over from a process that was killed; it is removed. */
async function removeStale(address: string): Promise<boolean> {
  if (address.startsWith('\0')) return false
  const answered = await new Promise<boolean>(resolve => {
    const socket = connect(address, () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
  if (answered) return false
  await unlink(address)
  return true
}
