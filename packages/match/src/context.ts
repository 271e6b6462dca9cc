import { selectLines, type LineBatch } from '@logflow/core'

/** What stands around matches and how many there may be. */
export interface ContextLimits {
  readonly before: number
  readonly after: number
  /** Matches at most; `Infinity` for all. */
  readonly max: number
}

interface Remembered {
  readonly batch: LineBatch
  readonly from: number
  to: number
}

/** Chooses the lines of one source: the matches, the lines around them, and no more than `max` matches. */
export class ContextWindow {
  readonly #limits: ContextLimits
  /** Lines that may yet become context, oldest first, as runs within their batches. */
  #remembered: Remembered[] = []
  #rememberedLines = 0
  #after = 0
  #matches = 0
  #finished = false

  constructor(limits: ContextLimits) {
    this.#limits = limits
  }

  /** Whether no line of this source will be chosen any more. */
  get finished(): boolean {
    return this.#finished
  }

  /** The chosen lines of the next batch of the source, and those of earlier ones that are now context. */
  choose(batch: LineBatch, matches: Uint32Array): LineBatch[] {
    const out: LineBatch[] = []
    const chosen: number[] = []
    let nextMatch = 0
    for (let line = 0; line < batch.ends.length && !this.#finished; line++) {
      const isMatch = matches[nextMatch] === line
      if (isMatch) nextMatch++
      if (isMatch) this.#takeMatch(line, { batch, chosen, out })
      else this.#takeOther(line, { batch, chosen })
    }
    if (chosen.length > 0) out.push(selectLines(batch, chosen))
    return out
  }

  /** Context does not reach across a gap or an event. */
  forget(): void {
    this.#remembered = []
    this.#rememberedLines = 0
  }

  #takeMatch(line: number, { batch, chosen, out }: { batch: LineBatch; chosen: number[]; out: LineBatch[] }): void {
    const { after, max } = this.#limits
    if (this.#matches >= max) {
      this.#finished = true
      return
    }
    for (const run of this.#remembered) {
      const indexes = Array.from({ length: run.to - run.from }, (_, i) => run.from + i)
      if (run.batch === batch) for (const index of indexes) chosen.push(index)
      else out.push(selectLines(run.batch, indexes))
    }
    this.forget()
    chosen.push(line)
    this.#after = after
    this.#matches++
    if (this.#matches >= max && after === 0) this.#finished = true
  }

  #takeOther(line: number, { batch, chosen }: { batch: LineBatch; chosen: number[] }): void {
    if (this.#after > 0) {
      chosen.push(line)
      this.#after--
      // The window behind the last match has closed: only a match could come, and it would be one too many.
      if (this.#after === 0 && this.#matches >= this.#limits.max) this.#finished = true
    } else if (this.#limits.before > 0) this.#remember(batch, line)
  }

  #remember(batch: LineBatch, line: number): void {
    const last = this.#remembered[this.#remembered.length - 1]
    if (last?.batch === batch && last.to === line) last.to++
    else this.#remembered.push({ batch, from: line, to: line + 1 })
    if (++this.#rememberedLines <= this.#limits.before) return
    this.#rememberedLines--
    const [first] = this.#remembered as [Remembered]
    if (first.to - first.from > 1) this.#remembered[0] = { ...first, from: first.from + 1 }
    else this.#remembered.shift()
  }
}
