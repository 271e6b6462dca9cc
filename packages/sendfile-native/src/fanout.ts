import type { Socket } from 'node:net'
import type { AdoptOptions, Connection, Engine, FanoutStats, Transfer, TransferRequest } from './transfer.ts'

/** Sends files into sockets, many at once, each at the pace of its peer. */
export interface Fanout extends AsyncDisposable {
  /** What moves the bytes unless a transfer says otherwise. */
  readonly engine: Engine
  /**
   * Starts a transfer. The socket stays the caller's: it needs an `error` listener as ever, may be read from, and must
   * not be written to before the transfer is over. What was written earlier goes out first.
   *
   * @throws RangeError on a bad range; SendfileError `LF_SENDFILE_START` when `fd` is not an open regular file,
   * `LF_SENDFILE_CLOSED` after `close`
   */
  send(socket: Socket, request: TransferRequest): Transfer
  /**
   * Takes a connection over for good. Where the native engine can, it gets the only descriptor: from the first
   * `send` on the socket is closed (its `close` comes, and means nothing) and a reader costs no object of Node. The caller
   * leaves the socket alone, but keeps its `error` listener.
   */
  adopt(socket: Socket, options?: AdoptOptions): Connection
  /** The file behind `fd` has `size` bytes now: followers that wait before that offset go on. */
  extend(fd: number, size: number): void
  /** Counters. Walks over the transfers: for a status page, not for a hot path. */
  stats(): FanoutStats
  /** Cancels every transfer and waits until all of them are over. */
  close(): Promise<void>
}
