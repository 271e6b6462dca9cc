/**
 * The words every logflow package speaks: line batches, gaps, sources, resume tokens, errors, queues and channels.
 *
 * @packageDocumentation
 */
export { ByteQueue } from './byte-queue.ts'
export { discardBytes } from './discard-bytes.ts'
export { createChannel, type Channel, type ChannelOptions, type Overflow } from './channel.ts'
export { systemClock, type Clock } from './clock.ts'
export { CoreError, coreErrors, type CoreErrorCode } from './errors.ts'
export {
  unknownDelivery,
  type Delivery,
  type Gap,
  type GapReason,
  type LineBatch,
  type SourceEvent,
  type SourceEventName,
} from './delivery.ts'
export type { JsonArray, JsonObject, JsonValue } from './json.ts'
export {
  eachLine,
  lineAt,
  lineBatch,
  lineCount,
  lineNumber,
  lineOffset,
  selectLines,
  type LineBatchInit,
} from './line-batch.ts'
export { linePieces, pieceAt, PIECE_BEGUN, PIECE_GOES_ON } from './line-pieces.ts'
export { LineSplitter, type LineSplitterOptions } from './line-splitter.ts'
export { LogflowError, type ErrorFacts } from './logflow-error.ts'
export { silentLogger, type LogFields, type Logger } from './logger.ts'
export { formatResumeToken, parseResumeToken, type ResumeToken } from './resume-token.ts'
export { nearestName } from './nearest-name.ts'
export type { Source } from './source.ts'
export type { AbortOptions } from './abort.ts'
