import { ProtocolError } from '../errors.ts'

/** Names a batch of one device for ever: a retry has the same id, so that the receiver can tell it is one. */
export interface BatchId {
  /** Changes when the device lost its spool and counts from 0 again: 1 to 64 of `A-Z a-z 0-9 _ -`. */
  readonly epoch: string
  /** Counts up from 0 within the epoch, without holes. */
  readonly sequence: number
}

/** Where batches are posted to, before `/<epoch>/<sequence>`. */
export const BATCH_PATH_PREFIX = '/v1/batches'

const EPOCH = /^[A-Za-z0-9_-]{1,64}$/
const SEQUENCE = /^(?:0|[1-9]\d{0,15})$/

/** `<epoch>/<sequence>`. @throws ProtocolError `LF_PROTOCOL_BATCH_ID` */
export function formatBatchId({ epoch, sequence }: BatchId): string {
  const text = `${epoch}/${sequence}`
  parseBatchId(text)
  return text
}

/** Reads what {@link formatBatchId} wrote, and nothing else. @throws ProtocolError `LF_PROTOCOL_BATCH_ID` */
export function parseBatchId(text: string): BatchId {
  const [epoch = '', sequenceText = '', ...rest] = text.split('/')
  const sequence = Number(sequenceText)
  if (rest.length > 0 || !EPOCH.test(epoch) || !SEQUENCE.test(sequenceText) || !Number.isSafeInteger(sequence)) {
    throw new ProtocolError('LF_PROTOCOL_BATCH_ID', `not a batch id: ${JSON.stringify(text.slice(0, 100))}`)
  }
  return { epoch, sequence }
}

/** The path to post a batch to. @throws ProtocolError `LF_PROTOCOL_BATCH_ID` */
export function formatBatchPath(id: BatchId): string {
  return `${BATCH_PATH_PREFIX}/${formatBatchId(id)}`
}

/**
 * The batch that a request's path names; `undefined` when it is another path.
 *
 * @throws ProtocolError `LF_PROTOCOL_BATCH_ID` below {@link BATCH_PATH_PREFIX}
 */
export function parseBatchPath(path: string): BatchId | undefined {
  const prefix = `${BATCH_PATH_PREFIX}/`
  return path.startsWith(prefix) ? parseBatchId(path.slice(prefix.length)) : undefined
}
