/** The sessions of one server: how many each user has, and whether they shall come to their ends. */
export class OpenSessions {
  readonly #maxPerUser: number
  readonly #users = new Map<string, number>()
  readonly #stopping = new AbortController()
  #idle: (() => void) | undefined

  /** @param maxPerUser - 0 for any number */
  constructor(maxPerUser: number) {
    this.#maxPerUser = maxPerUser
  }

  /** Aborts when the server stops: what would go on for ever ends, what has an end goes on to it. */
  get stopping(): AbortSignal {
    return this.#stopping.signal
  }

  /** Counts a session in; returns how to count it out, or `undefined` when the user has as many as one may have. */
  enter(user: string): (() => void) | undefined {
    const open = this.#users.get(user) ?? 0
    if (this.#maxPerUser > 0 && open >= this.#maxPerUser) return undefined
    this.#users.set(user, open + 1)
    let left = false
    return () => {
      if (left) return
      left = true
      this.#leave(user)
    }
  }

  /** Asks all sessions to come to their ends; resolves when they are gone. */
  async drain(): Promise<void> {
    this.#stopping.abort(new Error('the server stops'))
    if (this.#users.size > 0) await new Promise<void>(resolve => (this.#idle = resolve))
  }

  #leave(user: string): void {
    const open = (this.#users.get(user) ?? 1) - 1
    if (open > 0) this.#users.set(user, open)
    else this.#users.delete(user)
    if (this.#users.size === 0) this.#idle?.()
  }
}
