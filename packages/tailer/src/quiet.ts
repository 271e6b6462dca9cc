import type { Clock } from '@logflow/core'

/** Since when nothing was written to a path, and since when it has named nothing. */
export class Quiet {
  readonly #clock: Clock
  readonly #idleMs: number
  #sinceMs: number
  #goneSinceMs: number | undefined
  /** Last write, as the file system has it, ns since 1970. */
  mtimeNs: bigint

  /** `idleMs` is what counts as long, 0: nothing does. */
  constructor({ clock, idleMs }: { readonly clock: Clock; readonly idleMs: number }, mtimeNs = -1n) {
    this.#clock = clock
    this.#idleMs = idleMs
    this.#sinceMs = clock.monotonicMs()
    this.mtimeNs = mtimeNs
  }

  /** Whether nothing was written for long. */
  get isLong(): boolean {
    if (this.#idleMs === 0) return false
    const quietMs = this.#clock.monotonicMs() - this.#sinceMs
    return quietMs >= this.#idleMs || this.#clock.now() - Number(this.mtimeNs / 1_000_000n) >= this.#idleMs
  }

  /** Whether the path named nothing when it was last looked at. */
  get isGone(): boolean {
    return this.#goneSinceMs !== undefined
  }

  /** A file was opened, which was last written then. */
  begin(mtimeNs: bigint): void {
    this.mtimeNs = mtimeNs
    this.end()
  }

  /** Something was written just now. */
  end(): void {
    this.#sinceMs = this.#clock.monotonicMs()
  }

  /** The path names nothing, or something again. Whether it is gone only now. */
  noteGone(gone: boolean): boolean {
    const was = this.isGone
    this.#goneSinceMs = gone ? (this.#goneSinceMs ?? this.#clock.monotonicMs()) : undefined
    return gone && !was
  }

  /** For how long it had been quiet at `nowMs`. */
  msAt(nowMs: number): number {
    return nowMs - this.#sinceMs
  }

  /** For how long it had been quiet and gone at `nowMs`. */
  goneMsAt(nowMs: number): number {
    return Math.min(this.msAt(nowMs), nowMs - (this.#goneSinceMs ?? nowMs))
  }
}
