import type { Socket } from 'node:net'
import { RrtailError } from './errors.ts'
import type { Position } from './position.ts'
import type { RemotePart } from './remote-part.ts'

/**
 * What a tailsrv of either dialect answers. Neither can prove that a file is still the same, so the last bytes are asked
 * for once more and compared: that works with every version.
 */
export async function* plainParts(
  socket: Socket,
  { path, position, proofTimeoutMs }: { path: string | undefined; position: Position; proofTimeoutMs: number },
): AsyncGenerator<RemotePart> {
  const { tail } = position
  const state = { proven: tail.length === 0, late: false }
  const timer = setTimeout(() => {
    state.late = !state.proven
    if (state.late) socket.destroy()
  }, proofTimeoutMs)
  try {
    socket.write(`${plainHeader(path, position)}\n`)
    yield* proven(socket, tail, state)
  } catch (error) {
    if (!state.late) throw error
    yield { kind: 'lost', size: undefined }
  } finally {
    clearTimeout(timer)
  }
}

/** The header of the dialect that knows paths, or of the one that knows none. */
export function plainHeader(path: string | undefined, { offset, tail }: Position): string {
  const from = offset - tail.length
  return path === undefined ? String(from) : `stream ${path} from byte ${from}`
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
