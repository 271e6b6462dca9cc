import type { Clock, Logger } from '@logflow/core'
import type { Engine, Fanout } from '@logflow/sendfile-native'
import type { Acceptor } from './acceptor.ts'
import type { AllowList, ServeTls } from './admission.ts'
import type { FeedStats, RotationPolicy } from './file-feed.ts'
import type { ServeLimits } from './limits.ts'

/** Options of {@link serveFile} and {@link serveDirectory}. */
export interface ServeOptions {
  /** TCP port; 0 takes a free one. @defaultValue 0 */
  readonly port?: number | undefined
  /** Address to listen on. @defaultValue `127.0.0.1` */
  readonly host?: string | undefined
  readonly limits?: ServeLimits | undefined
  /** Encrypts every connection; the bytes then go through JavaScript. @defaultValue plain TCP */
  readonly tls?: ServeTls | undefined
  /** Who may connect. @defaultValue everybody */
  readonly allow?: AllowList | undefined
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
  /** Different addresses they come from. */
  readonly clientAddresses: number
  /** Of those with a header: who read a file. */
  readonly readers: number
  /** Of those: get frames, since they asked with `resume`. */
  readonly framedReaders: number
  /** Files that are open, and how long they are together. */
  readonly files: number
  readonly fileBytes: number
  /** Of the reader that is farthest behind the end of its file. */
  readonly farthestBehindBytes: number
  /** Rotations and cuts of the files that are open. */
  readonly rotations: number
  readonly acceptedTotal: number
  readonly bytesSent: number
  /** Bytes readers did not get because a file was cut, or written to after its rotation. */
  readonly lostBytes: number
  /** Too many clients. */
  readonly refusedLimit: number
  /** Too many clients of one address. */
  readonly refusedAddress: number
  /** Not on the allow list, or without the certificate. */
  readonly refusedForbidden: number
  /** No handshake of TLS. */
  readonly refusedTls: number
  /** No header in time. */
  readonly refusedTimeout: number
  /** Not a header, or one that this server cannot answer. */
  readonly refusedHeader: number
  /** A path that is not served. */
  readonly refusedPath: number
  /** A token whose file is gone. */
  readonly refusedResume: number
  /** More rotations behind than are kept. */
  readonly refusedBehind: number
  /** Took no byte for too long. */
  readonly refusedStalled: number
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

/** The counters of the parts of a server as one; `lostBytes` are those of feeds that are closed. */
export function combineStats(
  acceptor: Acceptor,
  fanout: Fanout,
  feeds: readonly FeedStats[],
  lostBytes = 0,
): ServerStats {
  const { counts } = acceptor.refusals
  const { parked, blocked, bytesSent } = fanout.stats()
  const sum = (figure: keyof FeedStats): number => feeds.reduce((total, feed) => total + feed[figure], 0)
  return {
    clients: acceptor.clients,
    waitingForHeader: acceptor.waiting,
    atEnd: parked,
    blocked,
    clientAddresses: acceptor.addresses,
    readers: sum('readers'),
    framedReaders: sum('framedReaders'),
    files: feeds.length,
    fileBytes: sum('fileBytes'),
    farthestBehindBytes: Math.max(0, ...feeds.map(feed => feed.farthestBehindBytes)),
    rotations: sum('rotations'),
    acceptedTotal: acceptor.accepted,
    bytesSent,
    lostBytes: lostBytes + sum('lostBytes'),
    refusedLimit: counts.limit,
    refusedAddress: counts.address,
    refusedForbidden: counts.forbidden,
    refusedTls: counts.tls,
    refusedTimeout: counts.timeout,
    refusedHeader: counts.header,
    refusedPath: counts.path,
    refusedResume: counts.resume,
    refusedBehind: counts.behind,
    refusedStalled: counts.stalled,
  }
}
