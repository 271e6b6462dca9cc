import type { SshServerLimits } from './limits.ts'

/** Why a connection was not let in. */
export type Refusal =
  | 'too many connections'
  | 'too many connections from this address'
  | 'too many attempts from this address'
  | 'too many failed logins from this address'

interface Address {
  readonly network: string
  open: number
  /** Of those, the ones that have not logged in. */
  strangers: number
  /** In the minute that began at `minuteStartMs`. */
  attempts: number
  failures: number
  minuteStartMs: number
}

const MINUTE_MS = 60_000

/** Addresses remembered at one time, besides those with open connections. */
const MAX_ADDRESSES = 10_000

/** A connection that came in. */
export interface Entry {
  /** It logged in, and is no stranger any more. */
  loggedIn(): void
  /** It is gone. */
  leave(): void
}

/** Counts connections, in all and per address, before a byte of them is read. */
export class ConnectionGate {
  readonly #limits: SshServerLimits
  readonly #monotonicMs: () => number
  readonly #addresses = new Map<string, Address>()
  /** Those with strangers. */
  readonly #strange = new Set<Address>()
  #open = 0
  #sweptMs = 0

  constructor(limits: SshServerLimits, monotonicMs: () => number) {
    this.#limits = limits
    this.#monotonicMs = monotonicMs
  }

  /** Connections that came in and did not leave. */
  get open(): number {
    return this.#open
  }

  /** Addresses that are remembered. */
  get addresses(): number {
    return this.#addresses.size
  }

  /** Counts the connection in, or says why not. */
  enter(ip: string): Entry | Refusal {
    const address = this.#address(networkOf(ip))
    const refusal = this.#refusal(address)
    if (refusal !== undefined) return refusal
    address.open++
    address.strangers++
    this.#strange.add(address)
    this.#open++
    let [stranger, gone] = [true, false]
    const known = (): boolean => {
      if (!stranger) return false
      stranger = false
      if (--address.strangers === 0) this.#strange.delete(address)
      return true
    }
    return {
      loggedIn: () => void known(),
      leave: () => {
        if (gone) return
        gone = true
        address.open--
        this.#open--
        if (known()) address.failures++
      },
    }
  }

  /**
   * Whose connections hold the places that somebody at `ip` cannot have: the network with most connections that have
   * not logged in, when those are more than `ip` has itself. So one address cannot lock out all others by connecting
   * and then saying nothing.
   */
  crowdedBy(ip: string): string | undefined {
    const own = this.#addresses.get(networkOf(ip))?.strangers ?? 0
    let [crowd, most]: [string | undefined, number] = [undefined, own]
    for (const { network, strangers } of this.#strange) if (strangers > most) [crowd, most] = [network, strangers]
    return crowd
  }

  #refusal(address: Address): Refusal | undefined {
    const limits = this.#limits
    if (address.failures >= limits.maxFailedLoginsPerMinutePerAddress) return 'too many failed logins from this address'
    if (++address.attempts > limits.maxConnectionsPerMinutePerAddress) return 'too many attempts from this address'
    if (address.open >= limits.maxConnectionsPerAddress) return 'too many connections from this address'
    if (this.#open >= limits.maxConnections) return 'too many connections'
    return undefined
  }

  #address(network: string): Address {
    const nowMs = this.#monotonicMs()
    if (nowMs - this.#sweptMs >= MINUTE_MS) this.#sweep(nowMs)
    let address = this.#addresses.get(network)
    if (!address) {
      if (this.#addresses.size >= MAX_ADDRESSES) this.#forgetOldest()
      address = { network, open: 0, strangers: 0, attempts: 0, failures: 0, minuteStartMs: nowMs }
      this.#addresses.set(network, address)
    }
    if (nowMs - address.minuteStartMs >= MINUTE_MS)
      Object.assign(address, { attempts: 0, failures: 0, minuteStartMs: nowMs })
    return address
  }

  /** Drops addresses whose minute is over, once a minute. */
  #sweep(nowMs: number): void {
    this.#sweptMs = nowMs
    for (const [network, { open, minuteStartMs }] of this.#addresses)
      if (open === 0 && nowMs - minuteStartMs >= MINUTE_MS) this.#addresses.delete(network)
  }

  #forgetOldest(): void {
    for (const [network, { open }] of this.#addresses) {
      if (open > 0) continue
      this.#addresses.delete(network)
      return
    }
  }
}

/** What one party holds: an IPv4 address, or the /64 of an IPv6 address, which a single machine gets whole. */
export function networkOf(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)
  if (mapped?.[1] !== undefined) return mapped[1]
  const address = ip.split('%')[0] ?? ''
  if (!address.includes(':')) return address
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  const rest = tail === undefined || tail === '' ? 0 : tail.split(':').length
  // Where the zeros are left out: as many as are missing to eight, of which four count.
  while (tail !== undefined && groups.length < 4 && groups.length + rest < 8) groups.push('0')
  if (tail !== undefined && groups.length < 4) groups.push(...tail.split(':'))
  return `${groups
    .slice(0, 4)
    .map(group => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
