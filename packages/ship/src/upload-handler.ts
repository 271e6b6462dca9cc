import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { LogflowError, silentLogger, type Logger } from '@logflow/core'
import { DeliveryDecoder, encodeUploadAck, parseBatchPath, UPLOAD_HEADERS, type BatchId } from '@logflow/protocol'
import type { Admission, AdmissionGate } from '@logflow/ratelimit'
import type { DecodedUpload } from './decoded-upload.ts'
import type { Device, Devices } from './devices.ts'
import type { ShipError } from './errors.ts'
import { answerUploadUrl, readGfiberUpload } from './gfiber-upload.ts'
import {
  DEFAULT_BODY_TIMEOUT_MS,
  DEFAULT_MAX_BODY_BYTES,
  DEFAULT_MAX_RAW_BYTES,
  LINGER_BYTES,
  LINGER_MS,
  MAX_UPLOADS_PER_DEVICE,
} from './limits.ts'
import { refuse, type RefusalDetail, type RefusalReason } from './refusal.ts'
import { contentEncoding, declaredLength, declaredRawBytes, readBody, unfold, type BodyLimits } from './request-body.ts'

/** Where uploads go. `Store` of `@logflow/store` is one. */
export interface EntryStore {
  /**
   * Resolves once the bytes are durable under this id, now or before. Rejects with a `LogflowError`; a code that ends
   * in `_FULL` means no space.
   */
  append(entry: {
    readonly stream: string
    readonly id: BatchId
    readonly bytes: Uint8Array
  }): Promise<{ readonly duplicate: boolean }>
}

/** Options of {@link createUploadHandler}. */
export interface UploadHandlerOptions {
  readonly store: EntryStore
  /** Admits requests before their bodies are read; `bytes` are those of the body, folded and unfolded. */
  readonly gate: AdmissionGate
  readonly devices: Devices
  /** @defaultValue 8 MiB of body, 32 MiB unfolded, 60 s for a body to arrive */
  readonly limits?: Partial<BodyLimits> | undefined
  readonly logger?: Logger | undefined
}

/** Counters since the start. */
export interface UploadStats {
  readonly requests: number
  /** Batches stored. */
  readonly accepted: number
  /** Bytes of those batches, unfolded. */
  readonly acceptedBytes: number
  readonly duplicates: number
  /** Refused requests by reason. */
  readonly refused: Readonly<Partial<Record<RefusalReason, number>>>
  /** Requests being answered now. */
  readonly inFlight: number
}

/** The receiver's side of uploads. */
export interface UploadHandler {
  /** For `node:https`, with `requestCert: true, rejectUnauthorized: false`. */
  readonly listener: RequestListener
  stats(): UploadStats
}

/**
 * Answers `POST /v1/batches/<epoch>/<sequence>` and the two steps of the gfiber uploader. Who sends is told by the
 * client certificate alone, looked up on every request; where it is stored by that certificate's registration alone.
 * Nothing of a body is read before path, length, device and admission are settled; 200 (302) is sent after the append
 * resolved.
 */
export function createUploadHandler(options: UploadHandlerOptions): UploadHandler {
  const handler = new RequestHandler(options)
  return {
    listener: (request, response) => void handler.answer(request, response),
    stats: () => handler.stats(),
  }
}

class RequestHandler {
  readonly #options: UploadHandlerOptions
  readonly #limits: BodyLimits
  readonly #logger: Logger
  readonly #perDevice = new Map<string, number>()
  readonly #refused: Partial<Record<RefusalReason, number>> = {}
  readonly #counts = { requests: 0, accepted: 0, acceptedBytes: 0, duplicates: 0, inFlight: 0 }

  constructor(options: UploadHandlerOptions) {
    this.#options = options
    this.#logger = options.logger ?? silentLogger
    this.#limits = {
      maxBodyBytes: options.limits?.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
      maxRawBytes: options.limits?.maxRawBytes ?? DEFAULT_MAX_RAW_BYTES,
      bodyTimeoutMs: options.limits?.bodyTimeoutMs ?? DEFAULT_BODY_TIMEOUT_MS,
    }
  }

  stats(): UploadStats {
    return { ...this.#counts, refused: { ...this.#refused } }
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#counts.requests++
    this.#counts.inFlight++
    request.on('error', () => {}) // a sender that leaves is seen where the body is read
    response.on('error', () => {})
    try {
      await this.#upload(request, response, await this.#identify(request))
    } catch (error) {
      this.#refuse(request, response, error)
    } finally {
      this.#counts.inFlight--
    }
  }

  async #upload(request: IncomingMessage, response: ServerResponse, device: Device): Promise<void> {
    const path = request.url ?? '/'
    const id = batchIdOf(path)
    if (!id && !path.startsWith('/upload/')) throw refuse('not-found', 'no such path')
    if (!id && request.method === 'GET') {
      answerUploadUrl(request, response)
      return
    }
    if (request.method !== 'POST') throw refuse('method', 'method is not POST')
    const length = declaredLength(request, this.#limits)
    const encoding = id ? contentEncoding(request) : 'none'
    const admission = this.#admit(
      device,
      length + (encoding === 'none' && id ? 0 : declaredRawBytes(request, this.#limits)),
    )
    try {
      const body = await readBody(request, length, this.#limits)
      const upload = id
        ? nativeUpload(id, await unfold(body, encoding, this.#limits))
        : await readGfiberUpload(request, body, { limits: this.#limits, device })
      await this.#store(device, upload, response)
    } finally {
      admission.release()
    }
  }

  /** @throws ShipError `LF_SHIP_REFUSED` 403, 503 */
  async #identify(request: IncomingMessage): Promise<Device> {
    const socket = request.socket as Partial<TLSSocket>
    const fingerprint = socket.getPeerCertificate?.().fingerprint256
    if (!fingerprint) throw refuse('unknown-device', 'no client certificate')
    let device: Device | undefined
    try {
      device = await this.#options.devices.find(fingerprint)
    } catch (error) {
      throw refuse('devices-unreadable', 'cannot tell who is known', error)
    }
    if (!device) throw refuse('unknown-device', `unknown certificate ${fingerprint}`)
    return device
  }

  /** @throws ShipError `LF_SHIP_REFUSED` 429, 503 */
  #admit({ stream }: Device, bytes: number): Admission {
    const own = this.#perDevice.get(stream) ?? 0
    if (own >= MAX_UPLOADS_PER_DEVICE) throw refuse('too-many', 'device uploads too much at a time')
    const admission = this.#options.gate.tryEnter(bytes)
    if (!admission) throw refuse('overloaded', 'receiver is full')
    this.#perDevice.set(stream, own + 1)
    const release = (): void => {
      const left = (this.#perDevice.get(stream) ?? 1) - 1
      if (left > 0) this.#perDevice.set(stream, left)
      else this.#perDevice.delete(stream)
      admission.release()
    }
    return { bytes, release }
  }

  async #store({ stream }: Device, upload: DecodedUpload, response: ServerResponse): Promise<void> {
    const { id, bytes } = upload
    let duplicate: boolean
    try {
      ;({ duplicate } = await this.#options.store.append({ stream, id, bytes }))
    } catch (error) {
      const full = LogflowError.is(error) && error.code.endsWith('_FULL')
      throw refuse(full ? 'no-space' : 'store-failed', 'cannot store the batch', error)
    }
    if (duplicate) this.#counts.duplicates++
    else {
      this.#counts.accepted++
      this.#counts.acceptedBytes += bytes.length
    }
    upload.answer(response, duplicate)
  }

  #refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    const refused = LogflowError.is(error) && error.code === 'LF_SHIP_REFUSED'
    const refusal = refused ? (error as ShipError) : refuse('store-failed', 'unexpected failure', error)
    const { reason, status, retryAfterSeconds } = refusal.detail as unknown as RefusalDetail
    this.#refused[reason] = (this.#refused[reason] ?? 0) + 1
    const facts = { event: 'upload.refused', reason, status, peer: request.socket.remoteAddress }
    if (refusal.cause !== undefined) this.#logger.warn({ ...facts, err: refusal.cause }, refusal.message)
    else this.#logger.debug(facts, refusal.message)
    if (response.headersSent || response.destroyed) return
    response.statusCode = status
    response.setHeader('content-type', 'application/json')
    if (retryAfterSeconds !== undefined) response.setHeader(UPLOAD_HEADERS.retryAfter, retryAfterSeconds)
    if (!request.complete) response.setHeader('connection', 'close')
    response.end(`${JSON.stringify({ error: reason, message: refusal.message })}\n`)
    linger(request)
  }
}

function batchIdOf(path: string): BatchId | undefined {
  try {
    return parseBatchPath(path)
  } catch (error) {
    throw refuse('malformed', 'path names no batch', error)
  }
}

function nativeUpload(id: BatchId, bytes: Uint8Array): DecodedUpload {
  try {
    const decoder = new DeliveryDecoder()
    decoder.push(bytes)
    while (decoder.read());
    decoder.end()
  } catch (error) {
    throw refuse('malformed', 'body holds no deliveries', error)
  }
  return {
    id,
    bytes,
    answer(response, duplicate) {
      const headers = {
        'content-type': 'application/json',
        ...(duplicate ? { [UPLOAD_HEADERS.duplicate]: 'true' } : {}),
      }
      response.writeHead(200, headers).end(encodeUploadAck({ id, duplicate }))
    },
  }
}

/**
 * Closing a connection with unread bytes resets it, and the answer may be lost with it: a bounded part of the body is
 * thrown away first.
 */
function linger(request: IncomingMessage): void {
  if (request.complete) return
  let left = LINGER_BYTES
  const stop = (): void => void request.socket.destroy()
  const timer = setTimeout(stop, LINGER_MS)
  timer.unref()
  request.once('close', () => clearTimeout(timer))
  request.on('data', (chunk: Uint8Array) => {
    left -= chunk.length
    if (left < 0) request.pause()
  })
}
