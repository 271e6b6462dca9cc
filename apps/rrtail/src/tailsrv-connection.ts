import { once } from 'node:events'
import { connect as connectSocket, type Socket } from 'node:net'
import { RrtailError } from './errors.ts'
import type { Origin } from './origin.ts'
import type { Position } from './position.ts'
import type { Connect, ConnectionContext, RemotePart } from './remote-part.ts'
import { framedHeader, framedParts } from './tailsrv-framed.ts'
import { plainHeader, plainParts } from './tailsrv-plain.ts'

/** How to reach a tailsrv. */
export interface TailsrvConnectionOptions {
  readonly port: number
  /** Time for the server to repeat the bytes that prove the file; a file that became shorter never does. */
  readonly proofTimeoutMs: number
  /** Told each header. */
  readonly onCommand?: (words: readonly string[]) => void
}

const CONNECT_TIMEOUT_MS = 30_000
const KEEP_ALIVE_MS = 15_000
/** The path that means the one file of a server that has no directory. */
const ONE_FILE = '-'
/** What our tailsrv says where the file system cannot name files. */
const NO_TOKENS = /no resume tokens/

/** Reads from a tailsrv: in frames where it has them, with a token that proves the file; else as every version can. */
export function tailsrvConnection(origin: Origin, options: TailsrvConnectionOptions): Connect {
  const server = new TailsrvServer(origin, options)
  return (position, context) => server.connect(position, context)
}

class TailsrvServer {
  readonly #origin: Origin
  readonly #options: TailsrvConnectionOptions
  readonly #path: string | undefined
  #knowsFrames = true

  constructor(origin: Origin, options: TailsrvConnectionOptions) {
    this.#origin = origin
    this.#options = options
    this.#path = origin.path === ONE_FILE ? undefined : origin.path
  }

  async *connect(position: Position, { signal, onDisturbed }: ConnectionContext): AsyncGenerator<RemotePart> {
    const { host } = this.#origin
    const { port } = this.#options
    const socket = await open(host, port, signal)
    const stop = (): void => void socket.destroy()
    signal.addEventListener('abort', stop, { once: true })
    // It gives no signs of life; another connection costs little.
    const forget = onDisturbed(stop)
    try {
      // A number of bytes to begin at has no token.
      if (this.#knowsFrames && (position.fileId !== undefined || position.offset === 0))
        yield* this.#framed(socket, position)
      else yield* this.#plain(socket, position)
    } catch (error) {
      if (!signal.aborted) throw asConnectionError(error)
    } finally {
      forget()
      signal.removeEventListener('abort', stop)
      socket.destroy()
    }
  }

  async *#framed(socket: Socket, position: Position): AsyncGenerator<RemotePart> {
    const header = framedHeader(this.#path, position)
    this.#say(header)
    socket.write(header)
    const answer = yield* framedParts(socket, position)
    if (answer === undefined) throw closed()
    const begins = position.fileId === undefined
    if (!begins && answer.kind === 'unknown') throw closed()
    if (!begins && answer.kind === 'refused') {
      yield { kind: 'lost', size: undefined }
      return
    }
    if (answer.kind === 'refused' && !NO_TOKENS.test(answer.why)) throw new RrtailError('LF_RRTAIL_FILE', answer.why)
    this.#knowsFrames = false
    yield { kind: 'again' }
  }

  async *#plain(socket: Socket, position: Position): AsyncGenerator<RemotePart> {
    this.#say(plainHeader(this.#path, position))
    yield* plainParts(socket, { path: this.#path, position, proofTimeoutMs: this.#options.proofTimeoutMs })
    if (!socket.destroyed || socket.readableEnded) throw closed()
  }

  #say(header: string): void {
    this.#options.onCommand?.([`${this.#origin.host}:${this.#options.port}`, header.trimEnd()])
  }
}

function closed(): RrtailError {
  return new RrtailError('LF_RRTAIL_CONNECTION', 'the server closed the connection')
}

async function open(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  const socket = connectSocket({ host, port, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS })
  try {
    await once(socket, 'connect', { signal: AbortSignal.any([signal, AbortSignal.timeout(CONNECT_TIMEOUT_MS)]) })
    return socket
  } catch (error) {
    socket.destroy()
    throw asConnectionError(error)
  }
}

function asConnectionError(cause: unknown): RrtailError {
  if (cause instanceof RrtailError) return cause
  return new RrtailError('LF_RRTAIL_CONNECTION', 'connection failed', { cause })
}
