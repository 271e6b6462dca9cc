import type { Socket } from 'node:net'
import { SendfileError } from './errors.ts'
import { JavascriptFanout } from './javascript-fanout.ts'
import { DEFAULT_BUFFER_BYTES } from './limits.ts'
import { nativeBinding, nativeSupport } from './native-binding.ts'
import { NativeFanout } from './native-fanout.ts'
import type { Engine, FanoutStats, Transfer, TransferRequest } from './transfer.ts'

/** Options of {@link openFanout}. */
export interface FanoutOptions {
  /** `auto` takes the native engine where {@link nativeSupport} says yes. @defaultValue `auto` */
  readonly engine?: 'auto' | Engine
  /** Memory for buffers of transfers that go through JavaScript, at least 256 KiB. @defaultValue 64 MiB */
  readonly bufferBytes?: number
}

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
  /** The file behind `fd` has `size` bytes now: followers that wait before that offset go on. */
  extend(fd: number, size: number): void
  /** Counters. Walks over the transfers: for a status page, not for a hot path. */
  stats(): FanoutStats
  /** Cancels every transfer and waits until all of them are over. */
  close(): Promise<void>
}

/**
 * Opens a fanout. The native engine has one thread for all fanouts of a Node environment (main thread or worker).
 *
 * @throws SendfileError `LF_SENDFILE_UNSUPPORTED` when `native` is asked for where it cannot be
 */
export function openFanout({ engine = 'auto', bufferBytes = DEFAULT_BUFFER_BYTES }: FanoutOptions = {}): Fanout {
  if (engine === 'javascript') return new JavascriptFanout(bufferBytes)
  const binding = nativeBinding()
  if (binding) return new NativeFanout(binding, bufferBytes)
  if (engine === 'auto') return new JavascriptFanout(bufferBytes)
  throw new SendfileError('LF_SENDFILE_UNSUPPORTED', `no native engine: ${nativeSupport().reason}`)
}
