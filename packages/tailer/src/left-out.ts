import { claimKeyOf } from './identity.ts'
import type { Sibling } from './listing.ts'

/** Empty files that are remembered. */
const MAX_EMPTY = 64

/** What one search for missed generations left for the next one; everything, until it is settled. */
export class LeftOut {
  #settled = false
  #unread = false
  #empty: ReadonlySet<string>
  readonly #found = new Set<string>()

  /** `before` is what the search before it left: of one that fails that is still so. */
  constructor(before?: LeftOut) {
    this.#empty = before?.empty ?? new Set()
  }

  /** The search is through; `moving` when names moved all the time, so that something may not have been found. */
  settle(moving: boolean): void {
    this.#settled = !moving
    this.#empty = this.#found
  }

  /** Nothing was searched for, and nothing moved: something has to be read first. */
  postpone(): void {
    this.#settled = this.#unread = true
  }

  /** Something may be a copy of what nobody has read yet, or is not whole yet. */
  noteUnread(): void {
    this.#unread = true
  }

  /** An empty file: it may be a copy that is only being made. */
  noteEmpty(sibling: Sibling): void {
    this.#unread = true
    if (this.#found.size < MAX_EMPTY) this.#found.add(claimKeyOf(sibling))
  }

  /** Whether something may not have been found. */
  get moving(): boolean {
    return !this.#settled
  }

  /** Whether there is something to search for again. */
  get any(): boolean {
    return this.#unread || !this.#settled
  }

  /** Claim keys of the empty files. */
  get empty(): ReadonlySet<string> {
    return this.#empty
  }
}

/** Nothing was left out. */
export function nothingLeftOut(): LeftOut {
  const nothing = new LeftOut()
  nothing.settle(false)
  return nothing
}
