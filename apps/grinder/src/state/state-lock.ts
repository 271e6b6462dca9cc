import { createHash } from 'node:crypto'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GrinderError } from '../errors.ts'

/**
 * The right to write to a state folder, held by a listening local socket: the system takes it back when the process
 * ends, however it ends. It holds within one machine.
 *
 * @throws GrinderError `LF_GRINDER_LOCKED` when another grinder holds it
 */
export async function lockState(realFolder: string): Promise<Server> {
  const name = `logflow-grinder-${createHash('sha256').update(realFolder).digest('hex').slice(0, 24)}`
  const path = process.platform === 'linux' ? `\0${name}` : join(tmpdir(), `${name}.sock`)
  const server = (await listen(path)) ?? ((await isLeftOver(path)) ? await listen(path) : undefined)
  if (server) return server
  const detail = { folder: realFolder }
  throw new GrinderError('LF_GRINDER_LOCKED', `another grinder works on ${realFolder}`, { detail })
}

/** `undefined` when the address is in use. */
function listen(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer(socket => socket.destroy())
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    )
    server.listen(path, () => resolve(server.unref()))
  })
}

/** A socket file that nobody answers is left over from a process that was killed; it is removed. */
async function isLeftOver(path: string): Promise<boolean> {
  if (path.startsWith('\0')) return false
  const answered = await new Promise<boolean>(resolve => {
    const socket = connect(path, () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
  if (answered) return false
  const { unlink } = await import('node:fs/promises')
  await unlink(path)
  return true
}
