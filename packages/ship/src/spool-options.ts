import { silentLogger, type Logger } from '@logflow/core'
import { DEFAULT_BATCH_BYTES, DEFAULT_SPOOL_BYTES, MIN_SPOOL_BATCHES } from './limits.ts'

/**
 * When an append is durable. `always`: before it resolves. `batch`: when its batch is closed, so that a power failure
 * (not a crash) may lose what was appended since.
 */
export type SpoolSync = 'always' | 'batch'

/** Options of {@link openSpool}. */
export interface SpoolOptions {
  /** Bytes on disk at most; at least four batches. @defaultValue 256 MiB */
  readonly maxBytes?: number | undefined
  /** A batch is closed at this size. @defaultValue 1 MiB */
  readonly maxBatchBytes?: number | undefined
  /** @defaultValue `always` */
  readonly sync?: SpoolSync | undefined
  readonly logger?: Logger | undefined
}

/** {@link SpoolOptions} with every default filled in. */
export interface ResolvedSpoolOptions {
  readonly maxBytes: number
  readonly maxBatchBytes: number
  readonly sync: SpoolSync
  readonly logger: Logger
}

/** @throws RangeError when a size is out of its range */
export function resolveSpoolOptions(options: SpoolOptions): ResolvedSpoolOptions {
  const { maxBytes = DEFAULT_SPOOL_BYTES, maxBatchBytes = DEFAULT_BATCH_BYTES, sync = 'always' } = options
  if (!(maxBatchBytes >= 1)) throw new RangeError(`maxBatchBytes is ${maxBatchBytes}, must be at least 1`)
  if (!(maxBytes >= MIN_SPOOL_BATCHES * maxBatchBytes))
    throw new RangeError(`maxBytes is ${maxBytes}, must be at least ${MIN_SPOOL_BATCHES} batches of ${maxBatchBytes}`)
  return { maxBytes, maxBatchBytes, sync, logger: options.logger ?? silentLogger }
}
