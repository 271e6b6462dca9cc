import type { RequestListener } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { UsageError } from '@logflow/cli'
import type { Logger } from '@logflow/core'

/** Options of {@link startUploadServer}. */
export interface UploadServerOptions {
  readonly host: string
  readonly port: number
  readonly cert: Buffer
  readonly key: Buffer
  readonly maxConnections: number
  readonly logger: Logger
}

/** Headers must be there after this time. */
const HEADERS_TIMEOUT_MS = 10_000
/** Devices upload about once a second to once a minute and keep their connection. */
const KEEP_ALIVE_MS = 120_000
/** How often connections that have become idle are closed while the server drains. */
const DRAIN_STEP_MS = 20

/**
 * HTTPS that asks for a client certificate and accepts any: who is known is decided per request, by the listener.
 * TLS 1.3 or 1.2; the original's devices speak no more than 1.2.
 */
export class UploadServer implements AsyncDisposable {
  readonly #server: Server
  #handshakeFailures = 0
  #connections = 0
  #closing: Promise<void> | undefined

  private constructor(server: Server, logger: Logger) {
    this.#server = server
    server.on('secureConnection', socket => {
      this.#connections++
      socket.on('close', () => this.#connections--)
    })
    server.on('tlsClientError', (error, socket) => {
      this.#handshakeFailures++
      logger.debug({ event: 'handshake.failed', peer: socket.remoteAddress, err: error })
    })
  }

  /** Listens when it resolves. @throws UsageError when key and certificate do not fit, or the address cannot be used */
  static async open(listener: RequestListener, options: UploadServerOptions): Promise<UploadServer> {
    const { cert, key, host, port, maxConnections, logger } = options
    try {
      const server = createServer(
        { cert, key, requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.2' },
        listener,
      )
      server.headersTimeout = HEADERS_TIMEOUT_MS
      server.requestTimeout = 0 // the handler has its own time for a body
      server.keepAliveTimeout = KEEP_ALIVE_MS
      server.maxConnections = maxConnections
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
      return new UploadServer(server, logger)
    } catch (error) {
      throw new UsageError(`cannot listen on ${host}:${port}: ${(error as Error).message}`)
    }
  }

  get port(): number {
    return (this.#server.address() as AddressInfo | null)?.port ?? 0
  }
  /** Open now. */
  get connections(): number {
    return this.#connections
  }
  get handshakeFailures(): number {
    return this.#handshakeFailures
  }

  /** Accepts nobody more, and waits for the requests in flight. */
  close(): Promise<void> {
    return (this.#closing ??= new Promise(resolve => {
      const closeIdle = setInterval(() => this.#server.closeIdleConnections(), DRAIN_STEP_MS)
      this.#server.close(() => {
        clearInterval(closeIdle)
        resolve()
      })
    }))
  }
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

/** See {@link UploadServer.open}. */
export function startUploadServer(listener: RequestListener, options: UploadServerOptions): Promise<UploadServer> {
  return UploadServer.open(listener, options)
}
