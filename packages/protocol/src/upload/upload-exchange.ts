import { ProtocolError } from '../errors.ts'
import { strictUtf8Text, utf8Bytes } from '../utf8.ts'
import { formatBatchId, parseBatchId, type BatchId } from './batch-id.ts'

/**
 * Names of the headers of the native upload, in lower case. `contentEncoding` is `zstd`, `gzip` or `identity`;
 * `rawBytes` is the size of the body before compression, a hint that is checked and never trusted.
 */
export const UPLOAD_HEADERS = {
  contentType: 'content-type',
  contentEncoding: 'content-encoding',
  contentLength: 'content-length',
  rawBytes: 'logflow-raw-bytes',
  retryAfter: 'retry-after',
  duplicate: 'logflow-duplicate',
} as const

/** Content type of a body of encoded deliveries. */
export const DELIVERIES_CONTENT_TYPE = 'application/vnd.logflow.deliveries'

/** Status codes of the native upload and what the receiver means by them. Any other is treated as a failure. */
export const UPLOAD_STATUS = {
  /** Durable, now or since an earlier try; the body is the {@link UploadAck}. */
  stored: 200,
  /** The path, a header or the body cannot be read. */
  malformed: 400,
  /** The client certificate is unknown, or no longer known. */
  unknownDevice: 403,
  /** Over the limit, compressed or not. */
  tooLarge: 413,
  /** The encoding is not understood. */
  unsupportedEncoding: 415,
  /** This device sends too much at the moment. */
  tooMany: 429,
  /** The receiver is full at the moment. */
  overloaded: 503,
  /** The disk is full. */
  noSpace: 507,
} as const

/** The receiver's promise that a batch is durable. */
export interface UploadAck {
  readonly id: BatchId
  /** The batch was durable before this request. */
  readonly duplicate: boolean
}

/** The ack as a JSON body. */
export function encodeUploadAck({ id, duplicate }: UploadAck): Uint8Array {
  return utf8Bytes(`${JSON.stringify({ batch: formatBatchId(id), duplicate })}\n`)
}

/**
 * Reads an ack and checks that it is for `id`: only then the batch may be forgotten.
 *
 * @throws ProtocolError `LF_PROTOCOL_MALFORMED`
 */
export function parseUploadAck(body: Uint8Array, id: BatchId): UploadAck {
  let json: unknown
  try {
    json = JSON.parse(strictUtf8Text(body) ?? '')
  } catch (cause) {
    throw new ProtocolError('LF_PROTOCOL_MALFORMED', 'ack is not JSON', { cause })
  }
  const { batch, duplicate } = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>
  if (typeof batch !== 'string' || typeof duplicate !== 'boolean') {
    throw new ProtocolError('LF_PROTOCOL_MALFORMED', 'ack is incomplete')
  }
  const acknowledged = parseBatchId(batch)
  if (acknowledged.epoch !== id.epoch || acknowledged.sequence !== id.sequence) {
    throw new ProtocolError('LF_PROTOCOL_MALFORMED', `ack is for another batch than ${formatBatchId(id)}`)
  }
  return { id: acknowledged, duplicate }
}

/** Headers as `node:http` gives them, or any other record with names in lower case. */
export type UploadResponseHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * What a response means to the sender. `retry`: try the same batch again, after `afterMs` when the receiver said so.
 * `refused`: the same request will not pass until somebody changes something; the batch is still kept and tried again
 * at the normal interval, and a person is told (`too-large` can be helped by smaller batches).
 */
export type UploadOutcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'retry'; readonly afterMs: number | undefined }
  | { readonly kind: 'refused'; readonly reason: 'malformed' | 'unknown-device' | 'too-large' | 'unsupported-encoding' }

/** Longest `Retry-After` that is believed. */
export const MAX_RETRY_AFTER_MS = 300_000

/**
 * What to do after a response. Only 200 lets the sender forget the batch, and only after {@link parseUploadAck}.
 *
 * @param nowMs - Wall clock, needed for a `Retry-After` that is a date; such a header is ignored without it.
 */
export function uploadOutcome(status: number, headers: UploadResponseHeaders, nowMs?: number): UploadOutcome {
  switch (status) {
    case UPLOAD_STATUS.stored:
      return { kind: first(headers[UPLOAD_HEADERS.duplicate]) === 'true' ? 'duplicate' : 'accepted' }
    case UPLOAD_STATUS.malformed:
      return { kind: 'refused', reason: 'malformed' }
    case 401:
    case UPLOAD_STATUS.unknownDevice:
      return { kind: 'refused', reason: 'unknown-device' }
    case UPLOAD_STATUS.tooLarge:
      return { kind: 'refused', reason: 'too-large' }
    case UPLOAD_STATUS.unsupportedEncoding:
      return { kind: 'refused', reason: 'unsupported-encoding' }
    default:
      return { kind: 'retry', afterMs: retryAfterMs(first(headers[UPLOAD_HEADERS.retryAfter]), nowMs) }
  }
}

/** Seconds or a date (RFC 9110 section 10.2.3), at most {@link MAX_RETRY_AFTER_MS}. */
function retryAfterMs(text: string | undefined, nowMs: number | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^\s*\d{1,12}\s*$/.test(text)) return Math.min(Number(text) * 1000, MAX_RETRY_AFTER_MS)
  const dateMs = nowMs === undefined ? NaN : Date.parse(text)
  return Number.isNaN(dateMs) ? undefined : Math.min(Math.max(0, dateMs - (nowMs ?? 0)), MAX_RETRY_AFTER_MS)
}

function first(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' || value === undefined ? value : value[0]
}
