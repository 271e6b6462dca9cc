import type { SendfileError } from './errors.ts'

/** Which implementation moves the bytes. Both give the same results. */
export type Engine = 'native' | 'javascript'

/** What to send. */
export interface TransferRequest {
  /** Descriptor of a regular file, open for reading. The fanout takes its own: it may be closed after `send`. */
  readonly fd: number
  /** Offset of the first byte, at least 0. A follower may start past the end of the file and waits until it is there. */
  readonly offset: number
  /** `end` stops at `end`; `follow` waits at the end of the file for {@link Fanout.extend} and never ends by itself. */
  readonly mode: 'end' | 'follow'
  /** Exclusive end of an `end` transfer. @defaultValue the size of the file when `send` is called */
  readonly end?: number | undefined
  /**
   * Whether a follower may go on before {@link Fanout.extend}, as soon as the engine itself notices that the file has
   * grown: the native one does, on file systems that tell (inotify). A file that was cut or overwritten at its end is left
   * alone until the next `extend`. @defaultValue false
   */
  readonly noticesGrowth?: boolean | undefined
}

/**
 * Why a transfer is over. `ended`: every byte up to `end` is in the socket's queue. `truncated`: the file turned out
 * shorter than `end`. `closed`: the connection is gone (closed, reset, timed out). `cancelled`: by
 * {@link Transfer.cancel} or {@link Fanout.close}. `failed`: see `error`.
 */
export type TransferOutcome = 'ended' | 'truncated' | 'closed' | 'cancelled' | 'failed'

/** How a transfer ended. */
export interface TransferResult {
  readonly outcome: TransferOutcome
  /** Offset of the first byte that was not sent. */
  readonly offset: number
  /** Bytes handed to the socket by this transfer. */
  readonly bytesSent: number
  /** Present exactly when `outcome` is `failed`. */
  readonly error?: SendfileError | undefined
}

/** What a transfer waits for: its turn, its peer to take bytes, or more of its file. */
export type TransferState = 'ready' | 'blocked' | 'parked'

/** Bytes of one file on their way into one socket. */
export interface Transfer {
  /** What moves the bytes of this transfer; a TLS socket, for one, never goes by the native way. */
  readonly engine: Engine
  /** Offset of the next byte. */
  readonly offset: number
  readonly state: TransferState
  /**
   * Never rejects. After `ended` and `truncated` the socket is as it was before and may be written to, ended or given
   * to the next transfer; after the others it is destroyed.
   */
  readonly done: Promise<TransferResult>
  /** Makes the transfer end at `end` (exclusive): a follower becomes a fixed range. Past it already: `ended` at once. */
  endAt(end: number): void
  /** Stops now and destroys the connection. */
  cancel(): void
}

/** A connection that belongs to a {@link Fanout}, and the files that go into it one after the other. */
export interface Connection {
  /** Starts a transfer; the one before must be over. @throws as {@link Fanout.send} */
  send(request: TransferRequest): Transfer
  /** Closes once everything that was sent is on its way. */
  end(): void
  /** Closes now. */
  destroy(): void
}

/** Options of {@link Fanout.adopt}. */
export interface AdoptOptions {
  /** Bytes from the peer that are read and dropped; more of them stay in the kernel. @defaultValue 1 MiB */
  readonly maxIgnoredBytes?: number | undefined
  /** Called once, when the connection is gone. */
  readonly onClosed?: (() => void) | undefined
}

/** Counters of a {@link Fanout}. */
export interface FanoutStats {
  /** Transfers that are not over. */
  readonly active: number
  /** Followers that have everything there is and wait for {@link Fanout.extend}. */
  readonly parked: number
  /** Transfers whose peer takes no more bytes at the moment. */
  readonly blocked: number
  /** Bytes handed to sockets since the fanout was opened. */
  readonly bytesSent: number
}
