import { Agent, request, type RequestOptions } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { canCompress, compress } from '@logflow/compress'
import type { AbortOptions } from '@logflow/core'
import {
  DELIVERIES_CONTENT_TYPE,
  formatBatchPath,
  parseUploadAck,
  UPLOAD_HEADERS,
  uploadOutcome,
} from '@logflow/protocol'
import { ShipError, systemCode } from './errors.ts'
import { DEFAULT_UPLOAD_TIMEOUT_MS, MAX_RESPONSE_BYTES } from './limits.ts'
import type { SpooledBatch } from './spool.ts'

/** Who the device is, and whom it trusts. PEM. */
export interface UploadIdentity {
  readonly cert: string | Uint8Array
  readonly key: string | Uint8Array
  /** Certificates the receiver's must lead to. @defaultValue those Node comes with */
  readonly ca?: string | Uint8Array | undefined
}

/** Options of {@link uploads}. */
export interface UploadsOptions {
  /** From connecting to the whole answer. @defaultValue 60 s */
  readonly timeoutMs?: number | undefined
  /** @defaultValue zstd where Node can, else gzip */
  readonly compression?: 'zstd' | 'gzip' | 'none' | undefined
}

/**
 * What became of an upload. Anything but `acknowledged` means: keep the batch and try again. `retryAfterMs` is what
 * the receiver asked for.
 */
export type UploadResult =
  | { readonly kind: 'acknowledged'; readonly duplicate: boolean }
  | { readonly kind: 'failed'; readonly reason: string; readonly retryAfterMs?: number | undefined }

/** Where batches go. */
export interface Uploads extends AsyncDisposable {
  /** Never rejects for what the network or the receiver does, only with the signal's reason. */
  send(batch: SpooledBatch, options?: AbortOptions): Promise<UploadResult>
  /** Ends the connection. */
  close(): Promise<void>
}

/**
 * Uploads to a receiver over one kept connection, TLS 1.2 or later, with the device's certificate.
 *
 * @param receiver - `https://host:port`
 * @throws ShipError `LF_SHIP_IDENTITY` when URL, key or certificate cannot be used
 */
export function uploads(receiver: string | URL, identity: UploadIdentity, options: UploadsOptions = {}): Uploads {
  return new HttpsUploads(receiver, identity, options)
}

interface Answer {
  readonly response: IncomingMessage
  readonly body: Uint8Array
}

class HttpsUploads implements Uploads {
  readonly #agent: Agent
  readonly #target: RequestOptions
  readonly #timeoutMs: number
  readonly #compression: 'zstd' | 'gzip' | 'none'

  constructor(receiver: string | URL, { cert, key, ca }: UploadIdentity, options: UploadsOptions) {
    const { timeoutMs = DEFAULT_UPLOAD_TIMEOUT_MS, compression = canCompress('zstd') ? 'zstd' : 'gzip' } = options
    try {
      const url = new URL(receiver)
      if (url.protocol !== 'https:') throw new RangeError(`receiver is ${url.protocol}, must be https:`)
      const tls = { cert: pem(cert), key: pem(key), ...(ca === undefined ? {} : { ca: pem(ca) }) }
      this.#agent = new Agent({ ...tls, keepAlive: true, maxSockets: 1, minVersion: 'TLSv1.2' })
      this.#target = { host: url.hostname, port: url.port === '' ? 443 : Number(url.port), agent: this.#agent }
    } catch (cause) {
      throw new ShipError('LF_SHIP_IDENTITY', `cannot upload to ${String(receiver)}`, { cause })
    }
    this.#timeoutMs = timeoutMs
    this.#compression = compression
  }

  async send({ id, bytes }: SpooledBatch, { signal }: AbortOptions = {}): Promise<UploadResult> {
    signal?.throwIfAborted()
    const timeout = AbortSignal.timeout(this.#timeoutMs)
    const either = signal ? AbortSignal.any([signal, timeout]) : timeout
    try {
      const body = await compress(bytes, { format: this.#compression })
      const { response, body: answer } = await this.#post(formatBatchPath(id), body, {
        rawBytes: bytes.length,
        signal: either,
      })
      const outcome = uploadOutcome(response.statusCode ?? 0, response.headers, Date.now())
      switch (outcome.kind) {
        case 'accepted':
        case 'duplicate':
          return { kind: 'acknowledged', duplicate: parseUploadAck(answer, id).duplicate }
        case 'retry':
          return { kind: 'failed', reason: `receiver answered ${response.statusCode}`, retryAfterMs: outcome.afterMs }
        case 'refused':
          return { kind: 'failed', reason: `receiver answered ${response.statusCode}: ${outcome.reason}` }
      }
    } catch (error) {
      signal?.throwIfAborted()
      return { kind: 'failed', reason: timeout.aborted ? `no answer in ${this.#timeoutMs} ms` : describe(error) }
    }
  }

  async close(): Promise<void> {
    this.#agent.destroy()
  }
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #post(path: string, body: Uint8Array, options: PostOptions): Promise<Answer> {
    try {
      return await this.#postOnce(path, body, options)
    } catch (error) {
      // The receiver closed the kept connection while this request was on its way: that says nothing about the batch.
      if (!(error instanceof StaleConnection)) throw error
      return await this.#postOnce(path, body, options)
    }
  }

  #postOnce(path: string, body: Uint8Array, { rawBytes, signal }: PostOptions): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const headers = {
        [UPLOAD_HEADERS.contentType]: DELIVERIES_CONTENT_TYPE,
        [UPLOAD_HEADERS.contentLength]: body.length,
        [UPLOAD_HEADERS.rawBytes]: rawBytes,
        ...(this.#compression === 'none' ? {} : { [UPLOAD_HEADERS.contentEncoding]: this.#compression }),
      }
      const post = request({ ...this.#target, path, method: 'POST', headers, signal })
      post.once('error', error => {
        const stale = post.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(systemCode(error) ?? '')
        reject(stale ? new StaleConnection() : error)
      })
      // An answer may come before the body is through; then the body no longer matters.
      post.once('response', response => {
        readAnswer(response).then(answer => resolve({ response, body: answer }), reject)
      })
      post.end(body)
    })
  }
}

interface PostOptions {
  readonly rawBytes: number
  readonly signal: AbortSignal
}

class StaleConnection extends Error {}

async function readAnswer(response: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > MAX_RESPONSE_BYTES) throw new Error(`answer is over ${MAX_RESPONSE_BYTES} bytes`)
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}

function pem(text: string | Uint8Array): string | Buffer {
  return typeof text === 'string' ? text : Buffer.from(text)
}

function describe(error: unknown): string {
  const code = systemCode(error)
  const message = error instanceof Error ? error.message : String(error)
  return code === undefined || message.includes(code) ? message : `${code}: ${message}`
}
