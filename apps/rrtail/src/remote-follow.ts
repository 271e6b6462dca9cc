import type { Clock, Logger } from '@logflow/core'
import type { Backoff } from '@logflow/ratelimit'
import { RrtailError } from './errors.ts'
import type { Position } from './position.ts'
import type { Connect } from './remote-part.ts'

/** What rrtail gets of a remote file, however often the connection broke in between. */
export type RemoteItem =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** The file was rotated; everything of the old one was delivered, what follows is from the start of the new one. */
  | { readonly kind: 'rotated'; readonly oldSize: number }
  /**
   * The file was replaced or cut and what was read cannot be found again: bytes from `from` on, if there were any, are
   * lost. What follows is from the start of the file that has the name now, of `size` bytes if that is known.
   */
  | { readonly kind: 'gap'; readonly from: number; readonly size: number | undefined }

/** Options of {@link remoteFollow}. */
export interface RemoteFollowOptions {
  /** Where to begin; moves with every item that is yielded. */
  readonly position: Position
  readonly backoff: Backoff
  /** Failed connections in a row that are repaired; -1 for any number. */
  readonly maxRetries: number
  readonly signal: AbortSignal
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Follows a remote file for ever, connecting again whenever the connection ends. After `signal` it ends.
 *
 * @throws RrtailError what no other connection would change, or `LF_RRTAIL_RETRIES`
 */
export async function* remoteFollow(connect: Connect, options: RemoteFollowOptions): AsyncGenerator<RemoteItem> {
  const { backoff, maxRetries, signal, clock, logger } = options
  let failures = 0
  while (!signal.aborted) {
    const connection = { received: 0, moved: false }
    try {
      yield* oneConnection(connect, connection, options)
      if (signal.aborted) return
    } catch (error) {
      if (signal.aborted) return
      if (!isRepairable(error, options.position)) throw error
      logger.debug({ event: 'connection.ended', received: connection.received, err: error })
      if (connection.received > 0) {
        failures = 0
        backoff.reset()
      }
      if (maxRetries >= 0 && ++failures > maxRetries)
        throw new RrtailError('LF_RRTAIL_RETRIES', `gave up after ${maxRetries} retries`, { cause: error })
      const delayMs = backoff.nextMs()
      logger.debug({ event: 'connection.retrying', delayMs })
      await clock.sleep(delayMs, { signal }).catch(() => {})
      continue
    }
    // The server asked us to look again; one that does nothing else is not asked in a tight loop.
    if (connection.received > 0 || connection.moved) backoff.reset()
    else await clock.sleep(backoff.nextMs(), { signal }).catch(() => {})
  }
}

async function* oneConnection(
  connect: Connect,
  connection: { received: number; moved: boolean },
  { position, signal }: RemoteFollowOptions,
): AsyncGenerator<RemoteItem> {
  // The old place is kept until the new file has a byte: cut off before that, the next connection needs it.
  let rotated = false
  for await (const part of connect(position, signal)) {
    switch (part.kind) {
      case 'rotated':
        rotated = true
        connection.moved = true
        break
      case 'lost': {
        const from = position.offset
        position.restart()
        rotated = false
        connection.moved = true
        yield { kind: 'gap', from, size: part.size }
        break
      }
      case 'bytes':
        if (rotated) {
          const oldSize = position.offset
          position.restart()
          rotated = false
          yield { kind: 'rotated', oldSize }
        }
        connection.received += part.bytes.length
        position.advance(part.bytes)
        yield part
    }
  }
}

/** A file that was there and is not now may be about to come back: that is what a rotation looks like from outside. */
function isRepairable(error: unknown, position: Position): boolean {
  if (!(error instanceof RrtailError)) return false
  return error.retryable || (error.code === 'LF_RRTAIL_FILE' && position.tail.length > 0)
}
