import { lineBatch, type Source } from '@logflow/core'
import type { BlockSearch, ChosenLines, Matcher } from '@logflow/match'

/**
 * Room for so little text is not worth a search with a memory in WebAssembly: a server of a thousand sessions about small
 * files spent a third of its time on clearing such memories away.
 */
const FEW_BYTES = 128 * 1024

/** Where lines come from does not matter to who chooses them. */
const ANYWHERE: Source = { host: '', path: '', id: '' }

/** Chooses the lines that a matcher matches with their newline, or the others. */
export class LineChoice {
  readonly #matcher: Matcher
  readonly #invert: boolean
  /** Over the buffers. */
  #here: BlockSearch | undefined
  /** For what lies elsewhere. */
  #copied: BlockSearch | undefined

  constructor(matcher: Matcher, { invert }: { readonly invert: boolean }) {
    this.#matcher = matcher
    this.#invert = invert
  }

  /** Two buffers of so many bytes. What lies in them is searched there, and need not be copied first. */
  buffers(size: number): readonly [Uint8Array, Uint8Array] {
    if (2 * size <= FEW_BYTES) return [new Uint8Array(size), new Uint8Array(size)]
    const { text } = (this.#here = this.#searchOver(2 * size))
    return [text.subarray(0, size), text.subarray(size)]
  }

  /**
   * Chooses of `bytes`, which are whole lines (the last one of a file may lack its newline). What comes is good until
   * the next call, and while `bytes` are left alone.
   */
  choose(bytes: Uint8Array): ChosenLines {
    const here = this.#here
    if (!here && bytes.length <= FEW_BYTES) return this.#chooseAmongFew(bytes)
    if (here && here.text.buffer === bytes.buffer) return chooseAt(here, bytes.byteOffset - here.text.byteOffset, bytes)
    if (!this.#copied || this.#copied.text.length < bytes.length) this.#copied = this.#searchOver(bytes.length)
    this.#copied.text.set(bytes)
    return chooseAt(this.#copied, 0, bytes)
  }

  #chooseAmongFew(bytes: Uint8Array): ChosenLines {
    const batch = lineBatch({ source: ANYWHERE, bytes })
    const matching = new Set(this.#matcher.matchingLines(batch, { withNewline: true }))
    const chosen: Uint8Array[] = []
    let [start, from, to] = [0, 0, 0]
    for (const [line, end] of batch.ends.entries()) {
      if (matching.has(line) !== this.#invert) {
        if (chosen.length === 0) from = start
        chosen.push(bytes.subarray(start, (to = end)))
      }
      start = end
    }
    return { bytes: Buffer.concat(chosen), from, to }
  }

  #searchOver(bytes: number): BlockSearch {
    return this.#matcher.searchBlocks({ textBytes: Math.max(bytes, 1), invert: this.#invert, withNewline: true })
  }
}

/** Of `bytes`, which lie at `start` of what is searched; positions count from there. */
function chooseAt(search: BlockSearch, start: number, { length }: Uint8Array): ChosenLines {
  const { bytes, from, to } = search.choose(start, start + length)
  return { bytes, from: from - start, to: to - start }
}
