import type { SshServerLimits } from './limits.ts'

/** Why a connection was not let in. */
export type Refusal =
  'too many connections' | 'too many connections from this address' | 'too many attempts from this address'

interface Address {
  open: number
  /** Attempts in the minute that began at `minuteStartMs`. */
  attempts: number
  minuteStartMs: number
}

const MINUTE_MS = 60_000

/** Counts connections, in all and per address, before a byte of them is read. */
export class ConnectionGate {
  readonly #limits: SshServerLimits
  readonly #monotonicMs: () => number
  readonly #addresses = new Map<string, Address>()
  #open = 0

  constructor(limits: SshServerLimits, monotonicMs: () => number) {
    this.#limits = limits
    this.#monotonicMs = monotonicMs
  }

  /** Connections that came in and did not leave. */
  get open(): number {
    return this.#open
  }

  /** Counts the connection in, or says why not. Whoever came in must {@link leave}. */
  enter(ip: string): Refusal | undefined {
    if (this.#open >= this.#limits.maxConnections) return 'too many connections'
    const address = this.#address(ip)
    if (address.open >= this.#limits.maxConnectionsPerAddress) return 'too many connections from this address'
    if (++address.attempts > this.#limits.maxConnectionsPerMinutePerAddress)
      return 'too many attempts from this address'
    address.open++
    this.#open++
    return undefined
  }

  /** Counts a connection out. */
  leave(ip: string): void {
    const address = this.#address(ip)
    address.open--
    this.#open--
    this.#forget()
  }

  #address(ip: string): Address {
    const nowMs = this.#monotonicMs()
    let address = this.#addresses.get(ip)
    if (!address) this.#addresses.set(ip, (address = { open: 0, attempts: 0, minuteStartMs: nowMs }))
    if (nowMs - address.minuteStartMs >= MINUTE_MS) Object.assign(address, { attempts: 0, minuteStartMs: nowMs })
    return address
  }

  /** Addresses without a connection are kept for their minute only, and not even that when there are very many. */
  #forget(): void {
    const nowMs = this.#monotonicMs()
    for (const [ip, address] of this.#addresses) {
      const stale = nowMs - address.minuteStartMs >= MINUTE_MS || this.#addresses.size > 10_000
      if (address.open > 0 || !stale) continue
      this.#addresses.delete(ip)
    }
  }
}
