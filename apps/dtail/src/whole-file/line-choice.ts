import type { BlockSearch, Matcher } from '@logflow/match'

/** Chooses the lines that match, as runs of neighbours, so that they can be copied as they lie. */
export interface LineChoice {
  /** Pairs of start and end in `bytes`, which are whole lines (the last one of a file may lack its newline). */
  runsOf(bytes: Uint8Array): readonly number[]
}

/** The lines that `matcher` matches with their newline, or with `invert` the others. */
export function lineChoice(matcher: Matcher, invert: boolean): LineChoice {
  let search: BlockSearch | undefined
  return {
    runsOf(bytes) {
      if (!search || search.text.length < bytes.length) {
        search = matcher.searchBlocks({ textBytes: Math.max(bytes.length, 1), invert, withNewline: true })
      }
      search.text.set(bytes)
      return search.runs(0, bytes.length)
    },
  }
}
