import type { Clock, Logger } from '@logflow/core'
import type { Engine, Fanout } from '@logflow/sendfile-native'
import type { Acceptor } from './acceptor.ts'
import type { RotationPolicy } from './file-feed.ts'
import type { ServeLimits } from './limits.ts'

/** Options of {@link serveFile} and {@link serveDirectory}. */
export interface ServeOptions {
  /** TCP port; 0 takes a free one. @defaultValue 0 */
  readonly port?: number | undefined
  /** Address to listen on. @defaultValue `127.0.0.1` */
  readonly host?: string | undefined
  readonly limits?: ServeLimits | undefined
  /** What happens when the name goes to another file, or vanishes. @defaultValue `close` */
  readonly rotation?: RotationPolicy | undefined
  /** @defaultValue `auto`: native where it can be */
  readonly engine?: 'auto' | Engine | undefined
  /** @defaultValue silent */
  readonly logger?: Logger | undefined
  /** @defaultValue the clock of the machine */
  readonly clock?: Clock | undefined
}

/** Counters of a server. Totals are since the start. */
export interface ServerStats {
  /** Connections that are open. */
  readonly clients: number
  /** Of those: no header yet. */
  readonly waitingForHeader: number
  /** Of those: have everything there is. */
  readonly atEnd: number
  /** Of those: take no more bytes at the moment. */
  readonly blocked: number
  readonly acceptedTotal: number
  readonly bytesSent: number
  /** Bytes readers did not get because a file was cut, or written to after its rotation. */
  readonly lostBytes: number
  /** Too many clients. */
  readonly refusedLimit: number
  /** No header in time. */
  readonly refusedTimeout: number
  /** Not a header, or one that this server cannot answer. */
  readonly refusedHeader: number
  /** A path that is not served. */
  readonly refusedPath: number
  /** More rotations behind than are kept. */
  readonly refusedBehind: number
}

/** A server that accepts readers. */
export interface FileServer extends AsyncDisposable {
  readonly port: number
  /** What moves the bytes. */
  readonly engine: Engine
  /** Why it closed: `close` was called, or the file is gone. Rejects when watching the file failed. */
  readonly closed: Promise<'stopped' | 'gone'>
  stats(): ServerStats
  /** No more clients; readers get what is there, at most for `drainMs`. Every call returns the same promise. */
  close(): Promise<void>
}

/** The counters of the parts of a server as one. */
export function combineStats(acceptor: Acceptor, fanout: Fanout, lostBytes: number): ServerStats {
  const { counts } = acceptor.refusals
  const { parked, blocked, bytesSent } = fanout.stats()
  return {
    clients: acceptor.clients,
    waitingForHeader: acceptor.waiting,
    atEnd: parked,
    blocked,
    acceptedTotal: acceptor.accepted,
    bytesSent,
    lostBytes,
    refusedLimit: counts.limit,
    refusedTimeout: counts.timeout,
    refusedHeader: counts.header,
    refusedPath: counts.path,
    refusedBehind: counts.behind,
  }
}
