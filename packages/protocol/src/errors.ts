import { LogflowError, type ErrorFacts } from '@logflow/core'

/** Every code of `@logflow/protocol`, and whether trying again can help. */
export const protocolErrors = {
  LF_PROTOCOL_BATCH_ID: { retryable: false },
  LF_PROTOCOL_COMMAND: { retryable: false },
  LF_PROTOCOL_FRAME_TOO_LARGE: { retryable: false },
  LF_PROTOCOL_HEADER: { retryable: false },
  LF_PROTOCOL_MALFORMED: { retryable: false },
  LF_PROTOCOL_TRUNCATED: { retryable: true },
  LF_PROTOCOL_UNENCODABLE: { retryable: false },
  LF_PROTOCOL_UNKNOWN_KIND: { retryable: false },
} as const

/** A code of {@link protocolErrors}. */
export type ProtocolErrorCode = keyof typeof protocolErrors

/** What `@logflow/protocol` throws. */
export class ProtocolError extends LogflowError<ProtocolErrorCode> {
  override readonly name = 'ProtocolError'
  constructor(code: ProtocolErrorCode, message: string, facts?: ErrorFacts) {
    super(code, message, { ...facts, ...protocolErrors[code] })
  }
}
