import { LogflowError, type ErrorFacts } from '@logflow/core'

/** Every code of `@logflow/ssh`, and whether trying again can help. */
export const sshErrors = {
  LF_SSH_ALGORITHM: { retryable: false },
  LF_SSH_AUTHENTICATION: { retryable: false },
  LF_SSH_CLOSED: { retryable: false },
  LF_SSH_CONNECT: { retryable: true },
  LF_SSH_CONNECTION_LOST: { retryable: true },
  LF_SSH_HANDSHAKE: { retryable: true },
  LF_SSH_HOST_KEY: { retryable: false },
  LF_SSH_HOST_KEY_REFUSED: { retryable: false },
  LF_SSH_KEY: { retryable: false },
  LF_SSH_KNOWN_HOSTS: { retryable: false },
  LF_SSH_LISTEN: { retryable: true },
  LF_SSH_SHELL: { retryable: true },
} as const

/** A code of {@link sshErrors}. */
export type SshErrorCode = keyof typeof sshErrors

/** What `@logflow/ssh` throws. */
export class SshError extends LogflowError<SshErrorCode> {
  override readonly name = 'SshError'
  constructor(code: SshErrorCode, message: string, facts?: ErrorFacts) {
    super(code, message, { ...facts, ...sshErrors[code] })
  }
}
