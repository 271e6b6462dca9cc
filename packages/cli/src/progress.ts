import type { Output } from './output.ts'
import { formatBytes, formatDurationMs } from './units.ts'

/** Options of {@link createProgress}. */
export interface ProgressOptions {
  /** What is being done: `dcat`. */
  readonly label: string
  /** All there is to do, in bytes, when known. */
  readonly totalBytes?: number | undefined
  /** Milliseconds, monotonic. */
  readonly now: () => number
  /** Nothing is shown before this much time has passed. @defaultValue 1000 */
  readonly afterMs?: number
}

/** A line on the terminal that says how far a long work is. Silent when stderr is not a terminal. */
export interface Progress {
  /** `bytes` done so far, all in all. `totalBytes` when it is known only by and by. */
  update(bytes: number, totalBytes?: number): void
  /** Wipes the line. */
  done(): void
}

/** Shows progress on `output` four times a second at most. */
export function createProgress(output: Output, options: ProgressOptions): Progress {
  const started = options.now()
  let shownAt = started + (options.afterMs ?? 1000) - 250
  let shown = false
  return {
    update(bytes, totalBytes = options.totalBytes) {
      const now = options.now()
      if (!output.isTerminal || now - shownAt < 250) return
      shownAt = now
      shown = true
      void output.write(`\r\u001b[K${progressText({ ...options, totalBytes }, bytes, now - started)}`).catch(() => {})
    },
    done() {
      if (!shown) return
      shown = false
      void output.write('\r\u001b[K').catch(() => {})
    },
  }
}

function progressText({ label, totalBytes }: ProgressOptions, bytes: number, elapsedMs: number): string {
  const rate = elapsedMs > 0 ? (bytes / elapsedMs) * 1000 : 0
  const parts = [label, formatBytes(bytes), `${formatBytes(rate)}/s`]
  if (totalBytes !== undefined && totalBytes > 0) {
    parts.splice(1, 1, `${Math.floor((bytes / totalBytes) * 100)} % of ${formatBytes(totalBytes)}`)
    if (rate > 0) parts.push(`${formatDurationMs((Math.max(0, totalBytes - bytes) / rate) * 1000)} left`)
  }
  return parts.join('  ')
}
