import type { Clock } from '@logflow/core'
import { paint } from '../output/paint-line.ts'
import type { TermColors } from '../output/term-colors.ts'
import type { ConnectionStats } from './connection-stats.ts'
import type { HeldOutput } from './held-output.ts'

const HINT_MS = 3000

/** What the hint is made of. */
export interface InterruptHint {
  readonly stdout: HeldOutput
  readonly stats: ConnectionStats
  readonly colors: TermColors | undefined
  readonly clock: Clock
  readonly signal: AbortSignal
}

/**
 * A first Ctrl-C shows how it goes and holds the output for three seconds; a second one within them does what Ctrl-C
 * did before. Returns the function that makes it as it was.
 */
export function hintAtInterrupt({ stdout, stats, colors, clock, signal }: InterruptHint): () => void {
  const former = process.listeners('SIGINT')
  let hinting = false
  const onInterrupt = (): void => {
    if (hinting || signal.aborted) {
      undo()
      process.emit('SIGINT', 'SIGINT')
      return
    }
    hinting = true
    const text = `Connection stats: ${stats.fields().join('|')}\n`
    const line = colors ? paint(text, colors.Client.Client) : ` ${text}`
    const elapsed = clock.sleep(HINT_MS, { signal }).catch(() => {}) // the program ends
    stdout.hold(elapsed.then(() => (hinting = false)))
    stdout.writeNow(` Hint: Hit Ctrl+C again to exit\n${line}`).catch(() => {}) // the terminal is gone
  }
  const undo = (): void => {
    process.off('SIGINT', onInterrupt)
    for (const call of former) if (!process.listeners('SIGINT').includes(call)) process.on('SIGINT', call)
  }
  process.removeAllListeners('SIGINT')
  process.on('SIGINT', onInterrupt)
  return undo
}

/** A closed terminal and Ctrl-\ ask the program to end as SIGTERM does. Returns the function that ends that. */
export function endOnHangup(): () => void {
  const onSignal = (): void => void process.emit('SIGTERM', 'SIGTERM')
  process.on('SIGHUP', onSignal)
  process.on('SIGQUIT', onSignal)
  return () => {
    process.off('SIGHUP', onSignal)
    process.off('SIGQUIT', onSignal)
  }
}
