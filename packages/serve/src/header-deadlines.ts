import type { Socket } from 'node:net'
import type { Clock } from '@logflow/core'

/**
 * Clients whose header is not there yet. All have the same time, so the oldest is always the next to run out, and one
 * sleeper serves any number of them: nothing is set up per connection but an entry.
 */
export class HeaderDeadlines {
  readonly #deadlines = new Map<Socket, number>()
  readonly #timeoutMs: number
  readonly #clock: Clock
  readonly #expire: (socket: Socket) => void
  readonly #stop = new AbortController()
  #sleeping = false

  constructor(timeoutMs: number, clock: Clock, expire: (socket: Socket) => void) {
    this.#timeoutMs = timeoutMs
    this.#clock = clock
    this.#expire = expire
  }

  get size(): number {
    return this.#deadlines.size
  }

  has(socket: Socket): boolean {
    return this.#deadlines.has(socket)
  }

  add(socket: Socket): void {
    this.#deadlines.set(socket, this.#clock.monotonicMs() + this.#timeoutMs)
    if (!this.#sleeping) void this.#watch()
  }

  delete(socket: Socket): void {
    this.#deadlines.delete(socket)
  }

  /** Forgets everybody and returns them. */
  close(): Socket[] {
    this.#stop.abort()
    const waiting = [...this.#deadlines.keys()]
    this.#deadlines.clear()
    return waiting
  }

  async #watch(): Promise<void> {
    this.#sleeping = true
    try {
      for (let next = this.#next(); next; next = this.#next()) {
        const leftMs = next.deadline - this.#clock.monotonicMs()
        if (leftMs > 0) {
          await this.#clock.sleep(leftMs, { signal: this.#stop.signal })
          continue
        }
        this.#deadlines.delete(next.socket)
        this.#expire(next.socket)
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error
    } finally {
      this.#sleeping = false
    }
  }

  #next(): { readonly socket: Socket; readonly deadline: number } | undefined {
    for (const [socket, deadline] of this.#deadlines) return { socket, deadline }
    return undefined
  }
}
