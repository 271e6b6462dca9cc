/** What may travel with an error besides its code: the cause and JSON-safe facts, never record bytes, never secrets. */
export interface ErrorFacts {
  readonly cause?: unknown
  readonly detail?: Readonly<Record<string, unknown>> | undefined
}

const brand = Symbol.for('@logflow/error')

/**
 * Base of every error that a caller can act on. Each package has one subclass and one table of codes; a code
 * (`LF_<PACKAGE>_<CONDITION>`) is stable like an API, a message may change in a patch.
 */
export abstract class LogflowError<Code extends string = string> extends Error {
  abstract override readonly name: string
  /** Stable, to switch on. */
  readonly code: Code
  /** Whether the same call may succeed later without anybody changing anything. */
  readonly retryable: boolean
  /** JSON-safe facts: offset, length, path. */
  readonly detail: Readonly<Record<string, unknown>>

  protected constructor(code: Code, message: string, init: ErrorFacts & { readonly retryable: boolean }) {
    super(message, 'cause' in init ? { cause: init.cause } : undefined)
    this.code = code
    this.retryable = init.retryable
    this.detail = init.detail ?? {}
    Object.defineProperty(this, brand, { value: true })
  }

  /** Whether `value` is one of ours, also across two copies of a package. */
  static is(value: unknown): value is LogflowError {
    return value instanceof Error && brand in value
  }
}
