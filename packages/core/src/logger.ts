/** Facts of one log event. `event` is `noun.past-verb` and unique to one place in the code; errors go under `err`. */
export interface LogFields {
  readonly event: string
  readonly [field: string]: unknown
}

/** The four methods a library may call. Compatible with pino; silent unless the program passes one in. */
export interface Logger {
  debug(fields: LogFields, message?: string): void
  info(fields: LogFields, message?: string): void
  warn(fields: LogFields, message?: string): void
  error(fields: LogFields, message?: string): void
}

/** The default of every library: says nothing. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} }
