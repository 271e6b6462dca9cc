import type { Logger } from '@logflow/core'

/** What {@link watchSignals} hands out. */
export interface ShutdownWatch {
  /** Aborts at the first SIGINT, SIGTERM or SIGHUP without a listener. */
  readonly signal: AbortSignal
  /** Starts the shutdown from inside, for instance when the reader of stdout hung up. */
  stop(reason: string): void
  /** See `Run.onInterrupt`. */
  onInterrupt(call: () => boolean): () => void
  /** Stops listening. */
  close(): void
}

/** The exit code for "ended at once by a second signal". */
const FORCED_EXIT = 130

/**
 * The first signal asks the program to drain, the second ends it at once. When draining takes longer than
 * `timeoutMs`, that is logged and the process ends with 1.
 */
export function watchSignals(logger: Logger, timeoutMs: number): ShutdownWatch {
  const controller = new AbortController()
  let deadline: NodeJS.Timeout | undefined
  const stop = (reason: string): void => {
    if (controller.signal.aborted) return
    logger.debug({ event: 'program.stopping', reason })
    deadline = setTimeout(() => {
      logger.error({ event: 'program.shutdown-timed-out', timeoutMs }, 'still draining at the deadline; ending now')
      // One turn for the log line, then out.
      setTimeout(() => process.exit(1), 50)
    }, timeoutMs)
    deadline.unref()
    controller.abort(new Error(`stopped by ${reason}`))
  }
  const interceptors = new Set<() => boolean>()
  const onSignal = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(FORCED_EXIT)
    if (name === 'SIGINT' && [...interceptors].some(call => call())) return
    stop(name)
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return {
    signal: controller.signal,
    stop,
    onInterrupt(call) {
      interceptors.add(call)
      return () => interceptors.delete(call)
    },
    close() {
      clearTimeout(deadline)
      process.off('SIGINT', onSignal)
      process.off('SIGTERM', onSignal)
    },
  }
}
