import { once } from 'node:events'
import { connect as connectSocket, type Socket } from 'node:net'
import { RrtailError } from './errors.ts'
import type { Origin } from './origin.ts'
import type { Position } from './position.ts'
import type { Connect, ConnectionContext, RemotePart } from './remote-part.ts'

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

/**
 * Reads from a tailsrv of either dialect. Neither can prove that a file is still the same, so the last bytes are asked
 * for once more and compared: that works with every version.
 */
export function tailsrvConnection(origin: Origin, options: TailsrvConnectionOptions): Connect {
  return (position, context) => connect(origin, position, { options, context })
}

async function* connect(
  { host, path }: Origin,
  position: Position,
  { options, context }: { readonly options: TailsrvConnectionOptions; readonly context: ConnectionContext },
): AsyncGenerator<RemotePart> {
  const { tail, offset } = position
  const { signal } = context
  const from = offset - tail.length
  const header = path === ONE_FILE ? String(from) : `stream ${path} from byte ${from}`
  options.onCommand?.([`${host}:${options.port}`, header])
  const socket = await open(host, options.port, signal)
  const stop = (): void => void socket.destroy()
  signal.addEventListener('abort', stop, { once: true })
  // It gives no signs of life; another connection costs little.
  const forget = context.onDisturbed(stop)
  const state = { proven: tail.length === 0, late: false }
  const timer = setTimeout(() => {
    state.late = !state.proven
    if (state.late) socket.destroy()
  }, options.proofTimeoutMs)
  try {
    socket.write(`${header}\n`)
    yield* proven(socket, tail, state)
    if (!signal.aborted) throw new RrtailError('LF_RRTAIL_CONNECTION', 'the server closed the connection')
  } catch (error) {
    if (signal.aborted) return
    if (!state.late) throw asConnectionError(error)
    yield { kind: 'lost', size: undefined }
  } finally {
    clearTimeout(timer)
    forget()
    signal.removeEventListener('abort', stop)
    socket.destroy()
  }
}

/** Takes the repeated bytes off the front; other bytes than those are another file. */
async function* proven(
  socket: Socket,
  tail: Uint8Array,
  state: { proven: boolean; late: boolean },
): AsyncGenerator<RemotePart> {
  let matched = 0
  for await (const chunk of socket as AsyncIterable<Uint8Array>) {
    const repeated = Math.min(tail.length - matched, chunk.length)
    const expected = tail.subarray(matched, matched + repeated)
    if (Buffer.compare(chunk.subarray(0, repeated), expected) !== 0) {
      state.proven = true
      yield { kind: 'lost', size: undefined }
      return
    }
    matched += repeated
    state.proven = matched === tail.length
    if (repeated < chunk.length) yield { kind: 'bytes', bytes: new Uint8Array(chunk.subarray(repeated)) }
  }
  if (state.late) throw new RrtailError('LF_RRTAIL_CONNECTION', 'the file has become shorter')
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
