import { claimKeyOf } from '../identity/identity.ts'
import type { Sibling } from '../names/listing.ts'

/** Empty files that are remembered. */
const MAX_EMPTY = 64
const NO_KEYS: ReadonlySet<string> = new Set()

/** What one search for missed generations left for the next one; everything, until it is settled. */
export class LeftOut {
  #settled = false
  #unread = false
  #before: ReadonlySet<string> | undefined
  #found: Set<string> | undefined

  /** `before` is what the search before it left: of one that fails that is still so. */
  constructor(before?: LeftOut) {
    this.#before = before?.empty
  }

  /** The search is through; `moving` when names moved all the time, so that something may not have been found. */
  settle(moving: boolean): void {
    this.#settled = !moving
    this.#before = undefined
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
    this.#found ??= new Set()
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
    return this.#before ?? this.#found ?? NO_KEYS
  }
}

/** Nothing was left out. One for all paths: of it nothing changes any more. */
export const NOTHING_LEFT_OUT: LeftOut = new LeftOut()
NOTHING_LEFT_OUT.settle(false)
