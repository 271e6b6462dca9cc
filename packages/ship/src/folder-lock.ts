import { createHash } from 'node:crypto'
import { realpath, unlink } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { platform, tmpdir } from 'node:os'
import { join } from 'node:path'
import { ShipError, systemCode } from './errors.ts'

/**
 * The right to write to a folder, held by a listening local socket: the system takes it back when the process ends,
 * however it ends, which no lock file can promise. It holds within one machine (Linux: one network namespace).
 */
export class FolderLock implements AsyncDisposable {
  readonly #server: Server
  #closing: Promise<void> | undefined

  private constructor(server: Server) {
    this.#server = server
  }

  /** @throws ShipError `LF_SHIP_SPOOL_LOCKED` when another holds it */
  static async open(folder: string): Promise<FolderLock> {
    const hash = createHash('sha256')
      .update(await realpath(folder))
      .digest('hex')
      .slice(0, 40)
    const name = `logflow-spool-${hash}`
    const path = platform() === 'linux' ? `\0${name}` : join(tmpdir(), `${name.slice(0, 40)}.sock`)
    const lock = (await listen(path)) ?? ((await isStale(path)) ? await listen(path) : undefined)
    if (!lock)
      throw new ShipError('LF_SHIP_SPOOL_LOCKED', `another process writes to ${folder}`, { detail: { folder } })
    return new FolderLock(lock)
  }

  close(): Promise<void> {
    return (this.#closing ??= new Promise(resolve => this.#server.close(() => resolve())))
  }
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

/** `undefined` when the address is in use. */
function listen(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer(socket => socket.destroy())
    server.once('error', error => (systemCode(error) === 'EADDRINUSE' ? resolve(undefined) : reject(error)))
    server.listen(path, () => resolve(server.unref()))
  })
}

/** A socket file that nobody answers is left over from a process that was killed; it is removed. */
async function isStale(path: string): Promise<boolean> {
  if (path.startsWith('\0')) return false
  const answered = await new Promise<boolean>(resolve => {
    const socket = connect(path, () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
  if (answered) return false
  await unlink(path)
  return true
}
