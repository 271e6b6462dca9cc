import type { Clock } from '@logflow/core'
import { sameKey, type PublicKey } from '@logflow/ssh'

interface StoredKey {
  readonly key: PublicKey
  readonly expiresMs: number
}

/** Limits of {@link AuthKeyStore}. */
export interface AuthKeyStoreOptions {
  readonly ttlSeconds: number
  readonly maxPerUser: number
  readonly clock: Clock
}

/** Keys that users registered after an ordinary login, so that the next one needs no file. Memory only. */
export class AuthKeyStore {
  readonly #options: AuthKeyStoreOptions
  readonly #users = new Map<string, StoredKey[]>()

  constructor(options: AuthKeyStoreOptions) {
    this.#options = options
  }

  /** Remembers the key as the user's newest; the oldest goes when there are too many. */
  add(user: string, key: PublicKey): void {
    const { ttlSeconds, maxPerUser, clock } = this.#options
    const others = this.#live(user).filter(stored => !sameKey(stored.key, key))
    const expiresMs = clock.monotonicMs() + ttlSeconds * 1000
    this.#users.set(user, [...others, { key, expiresMs }].slice(-maxPerUser))
  }

  has(user: string, key: PublicKey): boolean {
    return this.#live(user).some(stored => sameKey(stored.key, key))
  }

  #live(user: string): StoredKey[] {
    const nowMs = this.#options.clock.monotonicMs()
    const live = (this.#users.get(user) ?? []).filter(stored => stored.expiresMs > nowMs)
    if (live.length > 0) this.#users.set(user, live)
    else this.#users.delete(user)
    return live
  }
}
