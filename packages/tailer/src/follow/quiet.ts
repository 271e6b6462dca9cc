import type { Clock } from '@logflow/core'

/** What has not grown for so long may be closed early. */
const STILL_MS = 5000

/** Since when nothing was written to a path, and since when it has named nothing. */
export class Quiet {
  readonly #clock: Clock
  readonly #idleMs: number
  #sinceMs: number
  #goneSinceMs: number | undefined
  #sawEnd: boolean
  #grewMs = -Infinity
  #hurried = false
  /** Last write, as the file system has it, ns since 1970. */
  mtimeNs: bigint

  /** `idleMs` is what counts as long, 0: nothing does. `resting` is what an earlier one of the same path gave. */
  constructor(
    { clock, idleMs }: { readonly clock: Clock; readonly idleMs: number },
    resting?: { readonly mtimeNs: bigint },
  ) {
    this.#clock = clock
    this.#idleMs = idleMs
    this.#sinceMs = clock.monotonicMs()
    this.mtimeNs = resting?.mtimeNs ?? -1n
    this.#sawEnd = resting !== undefined
  }

  /** Whether nothing was written for long. */
  get isLong(): boolean {
    if (this.#idleMs === 0) return false
    if (this.#hurried) return true
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

  /** Something was read just now, or is to be. */
  end(): void {
    this.#sinceMs = this.#clock.monotonicMs()
    this.#hurried = false
    if (this.#sawEnd) this.#grewMs = this.#sinceMs
  }

  /** Whether everything was read once. */
  get sawEnd(): boolean {
    return this.#sawEnd
  }

  /** Everything is read: what comes now was written meanwhile. */
  noteEnd(): void {
    this.#sawEnd = true
  }

  /** For how long nothing was written that was awaited; what was there when it was found does not count. */
  get stillMs(): number {
    return this.#clock.monotonicMs() - this.#grewMs
  }

  /** Whether so little is awaited that it is better closed, where others wait to be opened. */
  get still(): boolean {
    return this.stillMs >= STILL_MS
  }

  /** Until something comes it counts as quiet for long. */
  hurry(): void {
    this.#hurried = true
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
