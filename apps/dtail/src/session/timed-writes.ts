import type { Clock } from '@logflow/core'
import type { SshSession } from '@logflow/ssh'

/** A session, and how long its peer has not taken anything. */
export interface TimedSession {
  readonly session: SshSession
  /** Time since the last write that ended, while another waits; 0 when none does. */
  readonly stalledMs: () => number
}

/** Watches what is written to `session`. */
export function timedWrites(session: SshSession, clock: Clock): TimedSession {
  let waiting = 0
  let movedMs = 0
  const timed = async (write: Promise<void>): Promise<void> => {
    if (waiting++ === 0) movedMs = clock.monotonicMs()
    try {
      await write
    } finally {
      waiting--
      movedMs = clock.monotonicMs()
    }
  }
  return {
    stalledMs: () => (waiting === 0 ? 0 : clock.monotonicMs() - movedMs),
    session: {
      user: session.user,
      peer: session.peer,
      identity: session.identity,
      isOwn: session.isOwn,
      input: session.input,
      closed: session.closed,
      write: bytes => timed(session.write(bytes)),
      writeParts: parts => timed(session.writeParts(parts)),
      acceptPackets: () => session.acceptPackets(),
      growPackets: maxBytes => session.growPackets(maxBytes),
      flush: () => session.flush(),
      close: () => session.close(),
      abort: () => session.abort(),
      [Symbol.asyncDispose]: () => session.close(),
    },
  }
}
