import type { Clock, Logger } from '@logflow/core'
import type { Backoff } from '@logflow/ratelimit'
import { RrtailError } from './errors.ts'
import type { MachineWatch } from './machine-watch.ts'
import { Outage } from './outage.ts'
import type { Position } from './position.ts'
import type { Connect, RemotePart, SkippedBytes } from './remote-part.ts'

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
  /** Bytes that exist and were left out. */
  | { readonly kind: 'skipped'; readonly what: SkippedBytes }

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
  readonly machine: MachineWatch
}

/**
 * Follows a remote file for ever, connecting again whenever the connection ends. After `signal` it ends.
 *
 * @throws RrtailError what no other connection would change, or `LF_RRTAIL_RETRIES`
 */
export async function* remoteFollow(connect: Connect, options: RemoteFollowOptions): AsyncGenerator<RemoteItem> {
  const { backoff, maxRetries, signal, clock, logger, position } = options
  const outage = new Outage(clock, logger)
  let failures = 0
  while (!signal.aborted) {
    const connection = new ConnectionProgress(position, outage)
    try {
      yield* connection.items(connect, options)
      if (signal.aborted) return
      // The server asked us to look again; one that does nothing else is not asked in a tight loop.
      if (connection.moved) backoff.reset()
      else await pause(backoff.nextMs(), options)
    } catch (error) {
      if (signal.aborted) return
      if (!isRepairable(error, position)) throw error
      if (connection.heard) {
        failures = 0
        backoff.reset()
      }
      if (maxRetries >= 0 && ++failures > maxRetries)
        throw new RrtailError('LF_RRTAIL_RETRIES', `gave up after ${maxRetries} retries`, { cause: error })
      const delayMs = backoff.nextMs()
      outage.failed(error, delayMs)
      await pause(delayMs, options)
    }
  }
}

/** One connection, and what it brought so far. */
class ConnectionProgress {
  readonly #position: Position
  readonly #outage: Outage
  /** Whether the server found the file. */
  heard = false
  /** Whether it brought anything, or the end of a file. */
  moved = false
  /** The old place is kept until the new file has a byte: cut off before that, the next connection needs it. */
  #next: { readonly fileId?: string } | undefined

  constructor(position: Position, outage: Outage) {
    this.#position = position
    this.#outage = outage
  }

  async *items(connect: Connect, { signal, machine }: RemoteFollowOptions): AsyncGenerator<RemoteItem> {
    const context = { signal, onDisturbed: (call: () => void) => machine.onDisturbed(call) }
    for await (const part of connect(this.#position, context)) {
      this.#outage.over(this.#position.offset)
      this.heard = true
      yield* this.#take(part)
    }
  }

  *#take(part: RemotePart): Generator<RemoteItem> {
    const position = this.#position
    switch (part.kind) {
      case 'file':
        position.fileId = part.fileId
        break
      case 'again':
        this.moved = true
        break
      case 'rotated':
        this.#next = part
        this.moved = true
        break
      case 'lost': {
        const from = position.offset
        position.restart()
        this.#next = undefined
        this.moved = true
        yield { kind: 'gap', from, size: part.size }
        break
      }
      case 'skipped':
        if (part.what.why === 'gap') position.skipTo(part.what.to)
        yield part
        break
      case 'bytes':
        if (this.#next) {
          const oldSize = position.offset
          position.restart()
          position.fileId = this.#next.fileId
          this.#next = undefined
          yield { kind: 'rotated', oldSize }
        }
        this.moved = true
        position.advance(part.bytes)
        yield part
    }
  }
}

/** Waits, but no longer than until the machine woke up or got another network: then the reason to wait is gone. */
async function pause(ms: number, { clock, signal, machine, backoff }: RemoteFollowOptions): Promise<void> {
  const disturbed = new AbortController()
  const forget = machine.onDisturbed(() => {
    backoff.reset()
    disturbed.abort()
  })
  await clock.sleep(ms, { signal: AbortSignal.any([signal, disturbed.signal]) }).catch(() => {
    // Woken early, or the program stops: the loop sees which.
  })
  forget()
}

/** A file that was there and is not now may be about to come back: that is what a rotation looks like from outside. */
function isRepairable(error: unknown, position: Position): boolean {
  if (!(error instanceof RrtailError)) return false
  return error.retryable || (error.code === 'LF_RRTAIL_FILE' && position.started)
}
