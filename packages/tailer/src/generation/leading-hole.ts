import type { Delivery, Gap, Source } from '@logflow/core'
import type { FreshBytes, LineCutter } from '../lines/line-cutter.ts'

/**
 * The NUL bytes at the beginning of a file that was cut while its writer, who did not open it to append, went on behind
 * the cut: nobody wrote them. They are skipped, and told as a gap.
 */
export class LeadingHole {
  readonly #source: Source
  readonly #cutter: LineCutter
  #mayBe: boolean

  constructor(source: Source, cutter: LineCutter, mayBe: boolean) {
    this.#source = source
    this.#cutter = cutter
    this.#mayBe = mayBe
  }

  /** Whether what was read so far, if anything, is a hole. */
  get mayBe(): boolean {
    return this.#mayBe
  }

  /** What is to be cut into lines of what was read up to `offset`, and the hole before it, once it ends. */
  skip(fresh: FreshBytes, offset: number): { readonly fresh: FreshBytes; readonly hole: readonly Delivery[] } {
    if (!this.#mayBe) return { fresh, hole: [] }
    const end = fresh.buffer.subarray(fresh.from, fresh.to).findIndex(byte => byte !== 0)
    if (end === -1) return { fresh: { ...fresh, from: fresh.to }, hole: [] }
    const from = fresh.from + end
    const hole = this.end(offset - (fresh.to - from))
    this.#mayBe = false
    return { fresh: { ...fresh, from }, hole: hole ? [hole] : [] }
  }

  /** The hole, when it ends at `to`. */
  end(to: number): Gap | undefined {
    if (!this.#mayBe || to === 0) return undefined
    this.#mayBe = false
    this.#cutter.skipTo(to)
    return { kind: 'gap', source: this.#source, from: 0, to, reason: 'missed' }
  }
}
