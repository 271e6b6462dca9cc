/** Letters of what was typed that are looked at: whatever it was, no name is longer. */
const MAX_LETTERS = 64

/**
 * The name that a person most likely meant by `typed`: the one with the fewest edits, in any case. An edit puts in, leaves
 * out or changes a letter, or swaps two. `undefined` when every name is more than a third of its length away, at least 2.
 */
export function nearestName(typed: string, names: Iterable<string>): string | undefined {
  const wanted = typed.slice(0, MAX_LETTERS).toLowerCase()
  let nearest: string | undefined
  let fewest = Math.max(2, Math.floor(wanted.length / 3)) + 1
  for (const name of names) {
    const count = edits(wanted, name.toLowerCase())
    if (count < fewest) {
      nearest = name
      fewest = count
    }
  }
  return nearest
}

/** Optimal string alignment distance, three rows at a time. */
function edits(from: string, to: string): number {
  let before: readonly number[] = []
  let row: readonly number[] = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const changed = (row[j - 1] as number) + (from[i - 1] === to[j - 1] ? 0 : 1)
      const swapped = from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1] ? (before[j - 2] as number) + 1 : Infinity
      next.push(Math.min(changed, swapped, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    before = row
    row = next
  }
  return row[to.length] as number
}
