import type { IncomingMessage } from 'node:http'
import { decompress, type CompressionFormat } from '@logflow/compress'
import { LogflowError } from '@logflow/core'
import { UPLOAD_HEADERS } from '@logflow/protocol'
import { refuse } from './refusal.ts'

/** What a request may bring. */
export interface BodyLimits {
  /** As it comes over the wire. */
  readonly maxBodyBytes: number
  /** Unfolded. */
  readonly maxRawBytes: number
  readonly bodyTimeoutMs: number
}

/** The declared length, checked before one byte is read. @throws ShipError `LF_SHIP_REFUSED` 411, 400, 413 */
export function declaredLength({ headers }: IncomingMessage, { maxBodyBytes }: BodyLimits): number {
  const text = headers[UPLOAD_HEADERS.contentLength]
  if (text === undefined) throw refuse('length-required', 'request has no content-length')
  const length = Number(text)
  if (!/^\d{1,15}$/.test(text)) throw refuse('malformed', 'content-length is no number')
  if (length > maxBodyBytes) throw refuse('too-large', `body of ${length} bytes, limit is ${maxBodyBytes}`)
  return length
}

/** What the body is folded with. @throws ShipError `LF_SHIP_REFUSED` 415 */
export function contentEncoding({ headers }: IncomingMessage): CompressionFormat {
  const encoding = (headers[UPLOAD_HEADERS.contentEncoding] ?? 'identity').toLowerCase()
  if (encoding === 'identity') return 'none'
  if (encoding === 'gzip' || encoding === 'zstd') return encoding
  throw refuse('unsupported-encoding', 'content-encoding is not zstd, gzip or identity')
}

/** The size the sender declares for the unfolded body: enough to admit it, never to reserve memory for it. */
export function declaredRawBytes(request: IncomingMessage, { maxRawBytes }: BodyLimits): number {
  const text = request.headers[UPLOAD_HEADERS.rawBytes]
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Math.min(Number(text), maxRawBytes) : maxRawBytes
}

/** The body as it came, exactly as long as declared. @throws ShipError `LF_SHIP_REFUSED` 408, 413, 400 */
export async function readBody(request: IncomingMessage, length: number, limits: BodyLimits): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  const timer = setTimeout(() => request.destroy(new Error('body took too long')), limits.bodyTimeoutMs)
  try {
    for await (const chunk of request as AsyncIterable<Uint8Array>) {
      size += chunk.length
      if (size > limits.maxBodyBytes) throw refuse('too-large', `body is over ${limits.maxBodyBytes} bytes`)
      chunks.push(chunk)
    }
  } catch (error) {
    if (LogflowError.is(error)) throw error
    throw refuse('timeout', 'body did not arrive', error)
  } finally {
    clearTimeout(timer)
  }
  if (size !== length) throw refuse('malformed', `body has ${size} bytes, ${length} were declared`)
  return new Uint8Array(Buffer.concat(chunks))
}

/** @throws ShipError `LF_SHIP_REFUSED` 413 for one that unfolds beyond the limit, 400 for one that does not unfold */
export async function unfold(
  body: Uint8Array,
  format: CompressionFormat,
  { maxRawBytes }: BodyLimits,
): Promise<Uint8Array> {
  try {
    const raw = await decompress(body, { format, maxOutputBytes: maxRawBytes })
    if (raw.length > maxRawBytes) throw refuse('too-large', `body unfolds to more than ${maxRawBytes} bytes`)
    return raw
  } catch (error) {
    if (!LogflowError.is(error) || error.code === 'LF_SHIP_REFUSED') throw error
    const large = error.code === 'LF_COMPRESS_LIMIT'
    throw refuse(large ? 'too-large' : 'malformed', `cannot unfold the body: ${error.message}`, error)
  }
}
