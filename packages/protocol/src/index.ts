/**
 * Every wire format of logflow, sans-I/O: DTail 4.1, tailsrv, native deliveries, uploads and kernel log records.
 *
 * @packageDocumentation
 */
export { ProtocolError, protocolErrors, type ProtocolErrorCode } from './errors.ts'

export {
  CAPABILITIES_PREFIX,
  CAPABILITY_JOURNAL,
  CAPABILITY_QUANTILES,
  CAPABILITY_QUERY_UPDATE,
  CLOSE_ACKNOWLEDGE,
  CLOSE_ACKNOWLEDGE_TIMEOUT_MS,
  CLOSE_GRACE_MS,
  CLOSE_REQUEST,
  DEFAULT_MAX_COMMAND_FRAME_BYTES,
  DEFAULT_MAX_MESSAGE_BYTES,
  DTAIL_VERSION,
  HEALTH_USER,
  MAX_COMMAND_TIMEOUT_SECONDS,
  MESSAGE_END,
} from './dtail/constants.ts'
export {
  encodeAggregate,
  formatDecimal,
  parseAggregate,
  type AggregateGroup,
  type AggregateMessage,
} from './dtail/aggregate.ts'
export {
  formatCommand,
  parseCommand,
  type AuthkeyCommand,
  type CommandInit,
  type DtailCommand,
  type InvalidCommand,
  type MapCommand,
  type ReadCommand,
  type UnknownCommand,
} from './dtail/command.ts'
export { CommandFrameDecoder, encodeCommandFrame, type CommandFrame } from './dtail/command-frame.ts'
export {
  CommandLedger,
  newLedger,
  stepLedger,
  type LedgerAction,
  type LedgerCommand,
  type LedgerEvent,
  type LedgerPhase,
  type LedgerState,
  type LedgerStep,
} from './dtail/command-ledger.ts'
export { encodeHidden, formatCapabilities, isHidden, parseCapabilities, type SessionView } from './dtail/hidden.ts'
export {
  eachMessage,
  ServerMessageDecoder,
  splitVisible,
  type MessageBatch,
  type VisibleSplit,
} from './dtail/message-decoder.ts'
export { formatOptions, hasOptions, parseOptions, type DtailOptions } from './dtail/options.ts'
export { formatPattern, parsePattern, type DtailPattern } from './dtail/pattern.ts'
export { cleanPath, encodeRemoteLines, sourceIdOf, type RemoteLinesOptions } from './dtail/remote-lines.ts'
export {
  encodeHealthAnswer,
  encodeServerMessage,
  parseServerMessage,
  readHealth,
  shortHostname,
  type RemoteMessage,
  type ServerMessage,
  type ServerMessageOptions,
  type ServerMessageView,
} from './dtail/server-message.ts'
export {
  DTAIL_MODES,
  formatSessionAnswer,
  formatSessionStart,
  formatSessionUpdate,
  parseSessionAnswer,
  type DtailMode,
  type SessionAnswer,
  type SessionCommand,
  type SessionSpec,
} from './dtail/session.ts'

export {
  DEFAULT_MAX_HEADER_BYTES,
  formatTailsrvHeader,
  resolveStart,
  TailsrvHeaderDecoder,
  type TailsrvRequest,
} from './tailsrv/header.ts'
export {
  encodeReplyBytesHeader,
  encodeTailsrvReply,
  MAX_REPLY_BYTES,
  REPLY_KINDS,
  TailsrvReplyDecoder,
  type TailsrvReply,
} from './tailsrv/reply.ts'

export { DeliveryDecoder } from './native/delivery-decoder.ts'
export { DeliveryEncoder, encodeDelivery } from './native/delivery-encoder.ts'
export {
  DELIVERY_KINDS,
  MAX_EVENT_FRAME_BYTES,
  MAX_SOURCE_FRAME_BYTES,
  MAX_SOURCE_SLOTS,
} from './native/delivery-kinds.ts'
export { GreetingDecoder } from './native/greeting-decoder.ts'
export {
  CAPABILITY_NATIVE,
  MESSAGE_FRAME_KIND,
  NATIVE_COMMAND,
  NATIVE_STARTED,
  NativeSessionDecoder,
  NativeSessionEncoder,
  type NativeItem,
  type PackedFrames,
} from './native/session.ts'
export { BLOCK_HEAD_BYTES, type NativeBlock } from './native/block-body.ts'
export { NATIVE_PACKINGS, type NativePacking, type NativeTerms } from './native/native-terms.ts'
export {
  formatResumePoints,
  parseResumePoints,
  RESUME_OPTION,
  type ResumePoint,
  type ResumePoints,
} from './native/resume-points.ts'
export { MAX_SESSION_FRAME_BYTES } from './native/session-kinds.ts'
export { LINES_BY_NEWLINE, LINES_IN_PIECES, LINES_SELECTED } from './native/lines-body.ts'
export {
  DEFAULT_MAX_FRAME_BYTES,
  encodeFrame,
  encodeFrameHeader,
  FRAME_HEADER_BYTES,
  FrameDecoder,
  type Frame,
} from './native/frame.ts'

export {
  BATCH_PATH_PREFIX,
  formatBatchId,
  formatBatchPath,
  parseBatchId,
  parseBatchPath,
  type BatchId,
} from './upload/batch-id.ts'
export {
  formatUploadQuery,
  GFIBER_PATH_PREFIX,
  MAX_GFIBER_NAME_BYTES,
  MAX_GFIBER_PAIRS,
  MAX_GFIBER_URL_BYTES,
  parseUploadQuery,
  parseUploadTarget,
  type UploadPair,
  type UploadTarget,
} from './upload/gfiber-query.ts'
export {
  encodeMultipart,
  MultipartDecoder,
  parseBoundary,
  type MultipartBody,
  type MultipartDecoderOptions,
  type MultipartEvent,
  type MultipartInit,
} from './upload/multipart.ts'
export {
  DELIVERIES_CONTENT_TYPE,
  encodeUploadAck,
  MAX_RETRY_AFTER_MS,
  parseUploadAck,
  UPLOAD_HEADERS,
  UPLOAD_STATUS,
  uploadOutcome,
  type UploadAck,
  type UploadOutcome,
  type UploadResponseHeaders,
} from './upload/upload-exchange.ts'

export {
  formatKmsgLine,
  formatKmsgMissed,
  parseKmsgRecord,
  unescapeKmsg,
  type KmsgLine,
  type KmsgRecord,
} from './kmsg/record.ts'
export { formatTimeSync, parseTimeSync, type TimeSync } from './kmsg/time-sync.ts'
