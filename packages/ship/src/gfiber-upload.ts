import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { LineSplitter, LogflowError, type Source } from '@logflow/core'
import {
  DeliveryEncoder,
  formatUploadQuery,
  GFIBER_PATH_PREFIX,
  MAX_GFIBER_URL_BYTES,
  MultipartDecoder,
  parseBoundary,
  parseUploadTarget,
  type BatchId,
  type UploadPair,
  type UploadTarget,
} from '@logflow/protocol'
import type { DecodedUpload } from './decoded-upload.ts'
import type { Device } from './devices.ts'
import { refuse } from './refusal.ts'
import { unfold, type BodyLimits } from './request-body.ts'

/** Pair that the second step's URL carries in front of the device's own: one name for all retries of that step. */
const BATCH_KEY = 'logflow-batch'
/** Lines are stored in deliveries of this size. */
const LINES_BYTES = 256 * 1024
const BATCH = /^[0-9a-f]{32}$/

/** First step: `GET /upload/NAME?pairs` is answered with the absolute URL for the second, nothing around it. */
export function answerUploadUrl(request: IncomingMessage, response: ServerResponse): void {
  const { name, pairs } = targetOf(request)
  const host = request.headers.host
  if (host === undefined || !/^[A-Za-z0-9.:[\]-]{1,255}$/.test(host)) throw refuse('malformed', 'request names no host')
  const own: UploadPair[] = [[BATCH_KEY, randomBytes(16).toString('hex')], ...pairs]
  const path = (): string => `${GFIBER_PATH_PREFIX}${name}?${formatUploadQuery(own)}`
  // The original cuts its own URL at the same length; what does not fit here are its last addresses.
  while (path().length > MAX_GFIBER_URL_BYTES && own.length > 1) own.pop()
  const url = `https://${host}${path()}`
  response.writeHead(200, { 'content-type': 'text/plain', 'content-length': Buffer.byteLength(url) }).end(url)
}

/**
 * Second step: a form with one zlib stream. Stored as lines of the source `gfiber:<name>`; the pairs, which are the
 * device's own word, become the detail of its `opened` event. Success is 302: the original takes 200 for a failure.
 */
export async function readGfiberUpload(
  request: IncomingMessage,
  body: Uint8Array,
  { limits, device }: { readonly limits: BodyLimits; readonly device: Device },
): Promise<DecodedUpload> {
  const { name, pairs } = targetOf(request)
  const [[key, token] = ['', ''], ...own] = pairs
  if (key !== BATCH_KEY || !BATCH.test(token)) throw refuse('malformed', 'not a URL of the first step')
  const text = await unfold(formFile(request, body, limits), 'zlib', limits)
  const id: BatchId = { epoch: token, sequence: 0 }
  const source: Source = { host: device.stream, path: `gfiber:${name}`, id: `gfiber.${token}` }
  return {
    id,
    bytes: encodeText(source, own, text),
    answer: response => void response.writeHead(302, { location: '/', 'content-length': 0 }).end(),
  }
}

function encodeText(source: Source, pairs: readonly UploadPair[], text: Uint8Array): Uint8Array {
  const encoder = new DeliveryEncoder()
  const detail = { pairs: pairs.map(([key, value]) => [key, value] as const) }
  const opened = encoder.encode({ kind: 'event', source, event: 'opened', detail })
  const parts = [opened] // an upload without a line still tells who is there
  const splitter = new LineSplitter({ source })
  for (let at = 0; at < text.length; at += LINES_BYTES) {
    const batch = splitter.push(text.subarray(at, at + LINES_BYTES))
    if (batch) parts.push(encoder.encode(batch))
  }
  const last = splitter.end()
  if (last) parts.push(encoder.encode(last))
  return new Uint8Array(Buffer.concat(parts))
}

function formFile(request: IncomingMessage, body: Uint8Array, { maxBodyBytes }: BodyLimits): Uint8Array {
  try {
    const boundary = parseBoundary(request.headers['content-type'] ?? '')
    const decoder = new MultipartDecoder({ boundary, maxContentBytes: maxBodyBytes, maxParts: 1 })
    const parts: Uint8Array[] = []
    decoder.push(body)
    for (let event = decoder.read(); event; event = decoder.read()) if (event.kind === 'data') parts.push(event.bytes)
    decoder.end()
    return new Uint8Array(Buffer.concat(parts))
  } catch (error) {
    if (!LogflowError.is(error)) throw error
    throw refuse('malformed', `not an upload form: ${error.message}`, error)
  }
}

function targetOf(request: IncomingMessage): UploadTarget {
  try {
    const target = parseUploadTarget(request.url ?? '')
    if (target) return target
  } catch (error) {
    throw refuse('malformed', 'upload URL cannot be read', error)
  }
  throw refuse('not-found', 'no such path')
}
