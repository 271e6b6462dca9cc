import type { Clock } from '@logflow/core'
import type { DtailLog } from '../output/dtail-log.ts'

const LOOK_MS = 3000

/** How many servers there are to ask, and to how many a connection stands. */
export class ConnectionStats {
  readonly #servers: number
  #connected = 0
  #connecting = 0
  #total = 0
  #seen = 0

  constructor(servers: number) {
    this.#servers = servers
  }

  /** A connection is being set up. Call what it returns once it is, or is given up. */
  connecting(): () => void {
    this.#connecting++
    return once(() => this.#connecting--)
  }

  /** A connection stands. Call what it returns when it is gone. */
  connected(): () => void {
    this.#connected++
    this.#total++
    return once(() => this.#connected--)
  }

  /** The fields of the original, those about its runtime left out; `new` counts from the last look on. */
  fields(): string[] {
    const fresh = this.#total - this.#seen
    this.#seen = this.#total
    const percent = this.#servers === 0 ? 0 : Math.trunc((this.#connected * 100) / this.#servers)
    return [
      `connected=${this.#connected}`,
      `servers=${this.#servers}`,
      `connected%=${percent}`,
      `new=${fresh}`,
      `throttle=${this.#connecting}`,
    ]
  }

  /** Logs them every three seconds when the number of connections changed, until the signal aborts. */
  async log(log: DtailLog, { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal }): Promise<void> {
    for (let last = 0; ;) {
      await clock.sleep(LOOK_MS, { signal }).catch(() => {}) // over
      if (signal.aborted) return
      if (this.#connected === last) continue
      last = this.#connected
      log.info('STATS:STATS', ...this.fields())
    }
  }
}

function once(call: () => void): () => void {
  let called = false
  return () => {
    if (called) return
    called = true
    call()
  }
}
