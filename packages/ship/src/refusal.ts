import { UPLOAD_STATUS } from '@logflow/protocol'
import { ShipError } from './errors.ts'
import { RETRY_AFTER_SECONDS } from './limits.ts'

/** Why an upload was refused, as the receiver counts and answers it. */
export type RefusalReason =
  | 'unknown-device'
  | 'not-found'
  | 'method'
  | 'malformed'
  | 'length-required'
  | 'too-large'
  | 'unsupported-encoding'
  | 'too-many'
  | 'overloaded'
  | 'no-space'
  | 'store-failed'
  | 'devices-unreadable'
  | 'timeout'

const STATUS: Readonly<Record<RefusalReason, number>> = {
  'unknown-device': UPLOAD_STATUS.unknownDevice,
  'not-found': 404,
  method: 405,
  malformed: UPLOAD_STATUS.malformed,
  'length-required': 411,
  'too-large': UPLOAD_STATUS.tooLarge,
  'unsupported-encoding': UPLOAD_STATUS.unsupportedEncoding,
  'too-many': UPLOAD_STATUS.tooMany,
  overloaded: UPLOAD_STATUS.overloaded,
  'no-space': UPLOAD_STATUS.noSpace,
  'store-failed': UPLOAD_STATUS.overloaded,
  'devices-unreadable': UPLOAD_STATUS.overloaded,
  timeout: 408,
}

/** A refused upload on its way to the answer. */
export function refuse(reason: RefusalReason, message: string, cause?: unknown): ShipError {
  const status = STATUS[reason]
  const wait = status === 429 || status >= 500
  const detail = { reason, status, ...(wait ? { retryAfterSeconds: RETRY_AFTER_SECONDS } : {}) }
  return new ShipError('LF_SHIP_REFUSED', message, { detail, ...(cause === undefined ? {} : { cause }) })
}

/** What {@link refuse} put into an error. */
export interface RefusalDetail {
  readonly reason: RefusalReason
  readonly status: number
  readonly retryAfterSeconds?: number
}
