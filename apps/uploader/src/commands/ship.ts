import { randomBytes } from 'node:crypto'
import { createProgress, readOption, requiredOptions, startStatusServer, UsageError, type Run } from '@logflow/cli'
import { systemClock, type Clock } from '@logflow/core'
import {
  drain,
  openSpool,
  uploads,
  type DrainOptions,
  type Spool,
  type UploadIdentity,
  type Uploads,
} from '@logflow/ship'
import { collect, type Collected } from '../collect.ts'
import { UploaderError } from '../errors.ts'
import type { flags } from '../flags/uploader.ts'
import { MacSuppression, MAC_KEY_BYTES } from '../mac-suppression.ts'
import { openSources, type ShippedSource } from '../shipped-sources.ts'

type UploaderRun = Run<typeof flags>
type UploaderOptions = UploaderRun['options']

/** Failures in a row after which `--once` reports instead of waiting. */
const ONCE_FAILURES = 5

/** Sources into the spool, the spool to the receiver, until the sources end or the program is stopped. */
export async function ship(run: UploaderRun): Promise<void> {
  const { options, logger } = run
  const required = requiredOptions(options, ['receiver', 'spool', 'cert', 'key'])
  checkSources(options)
  const macs = macSuppression(options)
  await using target = uploads(required.receiver, readIdentity({ ...required, ca: options.ca }), {
    timeoutMs: options.timeout,
  })
  await using spool = await openSpool(required.spool, {
    ...{ maxBytes: options.spoolSize, maxBatchBytes: options.batchSize, sync: options.sync, logger },
  })
  const stopped = new AbortController() // ends the sources with the uploads, whichever fails
  const signal = AbortSignal.any([run.signal, stopped.signal])
  const { follow, from, kmsg, kmsgPath, stdin, hostName: host, once } = options
  const sources = await openSources({
    ...{ spool, follow, from, kmsg, kmsgPath, stdin, host, once, macs, signal, logger },
  })
  const shipping = new Shipping(run, { spool, target, signal })
  const status = await shipping.startStatus()
  try {
    if (once) await shipping.once(sources)
    else await shipping.follow(sources)
  } finally {
    stopped.abort()
    for (const source of sources) await source.close()
    await status?.close()
    shipping.report()
  }
}

/** One run: the sources, the spool, the uploads and what they have done. */
class Shipping {
  readonly #run: UploaderRun
  readonly #spool: Spool
  readonly #target: Uploads
  readonly #signal: AbortSignal
  readonly #clock: Clock = systemClock
  readonly #collected: Collected = { lines: 0, bytes: 0, gaps: 0, failed: [] }
  #uploads = 0
  #uploadedBytes = 0
  #problem: string | undefined

  constructor(
    run: UploaderRun,
    parts: { readonly spool: Spool; readonly target: Uploads; readonly signal: AbortSignal },
  ) {
    this.#run = run
    this.#spool = parts.spool
    this.#target = parts.target
    this.#signal = parts.signal
  }

  /** Everything that is there now; throws unless all of it was read and acknowledged. */
  async once(sources: readonly ShippedSource[]): Promise<void> {
    await this.#shipAll(sources, { maxFailures: ONCE_FAILURES })
    const [first] = this.#collected.failed
    if (first !== undefined)
      throw new UploaderError('LF_UPLOADER_SOURCE', `${this.#collected.failed.length} not shipped, ${first}`)
  }

  /** As the sources grow. Ends by itself when all of them do, which standard input alone can. */
  async follow(sources: readonly ShippedSource[]): Promise<void> {
    this.#run.logger.info({ event: 'uploader.started', receiver: this.#run.options.receiver, epoch: this.#spool.epoch })
    await this.#shipAll(sources, {})
  }

  async startStatus(): Promise<{ close(): Promise<void> } | undefined> {
    const { options, logger } = this.#run
    if (options.statusPort === undefined) return undefined
    const [stats, health] = [() => this.#stats(), () => this.#problem]
    return startStatusServer({ program: 'uploader', port: options.statusPort, stats, health, logger })
  }

  report(): void {
    this.#run.logger.info({ event: 'uploader.stopped', ...this.#stats() })
  }

  /** Collects and uploads at the same time; when the sources end, what is left is uploaded. */
  async #shipAll(sources: readonly ShippedSource[], options: DrainOptions): Promise<void> {
    const [collected, clock, signal, { logger }] = [this.#collected, this.#clock, this.#signal, this.#run]
    const ended = new AbortController()
    const collecting = sources.map(source => collect(source, this.#spool, { collected, clock, signal, logger }))
    const collectedAll = Promise.all(collecting).then(() => ended.abort())
    await Promise.all([collectedAll, this.#drain({ ...options, untilEmpty: ended.signal })])
  }

  async #drain(options: DrainOptions): Promise<void> {
    const { logger, stderr, options: own } = this.#run
    const progress = createProgress(stderr, { label: 'uploaded', now: () => this.#clock.monotonicMs() })
    try {
      await drain(this.#spool, this.#target, {
        ...options,
        ...{ pace: { intervalMs: own.interval }, clock: this.#clock, logger },
        signal: this.#signal,
        onFailed: reason => (this.#problem = reason),
        onAcknowledged: ({ bytes }) => {
          this.#problem = undefined
          this.#uploads++
          this.#uploadedBytes += bytes
          if (own.once) progress.update(this.#uploadedBytes)
        },
      })
    } finally {
      progress.done()
    }
  }

  #stats(): Record<string, number> {
    const { failed, ...collected } = this.#collected
    const { batches: spoolBatches, bytes: spoolBytes, droppedBytes, droppedLines, tornBytes } = this.#spool.stats()
    return {
      ...collected,
      failedSources: failed.length,
      uploads: this.#uploads,
      uploadedBytes: this.#uploadedBytes,
      ...{ spoolBatches, spoolBytes, droppedBytes, droppedLines, tornBytes },
    }
  }
}

function checkSources({ follow, kmsg, stdin }: UploaderOptions): void {
  if (follow.length === 0 && !kmsg && stdin === undefined)
    throw new UsageError('nothing to ship: give --follow, --kmsg or --stdin')
}

interface IdentityFiles {
  readonly cert: string
  readonly key: string
  readonly ca: string | undefined
}

function readIdentity({ cert, key, ca }: IdentityFiles): UploadIdentity {
  const pair = { cert: readOption('cert', cert), key: readOption('key', key) }
  return ca === undefined ? pair : { ...pair, ca: readOption('ca', ca) }
}

function macSuppression({ suppressMacs, macKey }: UploaderOptions): MacSuppression | undefined {
  if (!suppressMacs) return undefined
  if (macKey === undefined) return new MacSuppression(randomBytes(MAC_KEY_BYTES))
  const key = readOption('macKey', macKey)
  if (key.length !== MAC_KEY_BYTES)
    throw new UsageError(`--mac-key has ${key.length} bytes, must have ${MAC_KEY_BYTES}`)
  return new MacSuppression(key)
}
