import { networkInterfaces } from 'node:os'
import type { Clock } from '@logflow/core'

/** What happened to this machine. */
export type Disturbance = 'woke' | 'network'

/** Options of {@link MachineWatch}. */
export interface MachineWatchOptions {
  readonly clock: Clock
  /** The addresses this machine has now, as one text. @defaultValue those that are not loopback */
  readonly addresses?: () => string
}

const LOOK_INTERVAL_MS = 1000
/** A timer that is later than this was not late: the machine slept. */
const SLEPT_MS = 5000

/**
 * Notices what kills connections without a word: the machine slept (the wall clock went on, the timer did not) or has
 * other addresses than before (another network, a VPN up or down).
 */
export class MachineWatch {
  readonly #listeners = new Set<(what: Disturbance) => void>()
  readonly #stop = new AbortController()

  constructor({ clock, addresses = ownAddresses }: MachineWatchOptions) {
    void this.#watch(clock, addresses).catch(() => {
      // Closed.
    })
  }

  close(): void {
    this.#stop.abort()
  }

  /** Calls back on each disturbance, until the returned function is called. */
  onDisturbed(call: (what: Disturbance) => void): () => void {
    this.#listeners.add(call)
    return () => void this.#listeners.delete(call)
  }

  async #watch(clock: Clock, addresses: () => string): Promise<never> {
    const { signal } = this.#stop
    let known = addresses()
    for (let before = clock.now(); ; before = clock.now()) {
      await clock.sleep(LOOK_INTERVAL_MS, { signal })
      const current = addresses()
      if (clock.now() - before > LOOK_INTERVAL_MS + SLEPT_MS) this.#tell('woke')
      else if (current !== known) this.#tell('network')
      known = current
    }
  }

  #tell(what: Disturbance): void {
    for (const listener of [...this.#listeners]) listener(what)
  }
}

function ownAddresses(): string {
  const all = Object.entries(networkInterfaces()).flatMap(([name, list = []]) =>
    list.filter(({ internal }) => !internal).map(({ address }) => `${name} ${address}`),
  )
  return all.sort().join(', ')
}
