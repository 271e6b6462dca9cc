/**
 * A set of code points as ascending, disjoint, inclusive ranges laid flat: `[low, high, low, high, ...]`. Ranges that
 * touch are merged, so equal sets have equal arrays.
 */
export type CodePointSet = readonly number[]

export const MAX_CODE_POINT = 0x10ffff

/** What Go reads for each byte that is not valid UTF-8. */
export const REPLACEMENT = 0xfffd

export const ANY: CodePointSet = [0, MAX_CODE_POINT]

/** Sorts and merges any flat list of ranges. */
export function codePointSet(ranges: readonly number[]): CodePointSet {
  const order = Array.from({ length: ranges.length / 2 }, (_, i) => i * 2)
  order.sort((a, b) => at(ranges, a) - at(ranges, b))
  const out: number[] = []
  for (const i of order) {
    const low = at(ranges, i)
    const high = at(ranges, i + 1)
    if (out.length > 0 && low <= at(out, out.length - 1) + 1)
      out[out.length - 1] = Math.max(at(out, out.length - 1), high)
    else out.push(low, high)
  }
  return out
}

/** Everything that is not in `set`. */
export function complement(set: CodePointSet): CodePointSet {
  const out: number[] = []
  let next = 0
  for (let i = 0; i < set.length; i += 2) {
    if (at(set, i) > next) out.push(next, at(set, i) - 1)
    next = at(set, i + 1) + 1
  }
  if (next <= MAX_CODE_POINT) out.push(next, MAX_CODE_POINT)
  return out
}

/** Whether `codePoint` is in `set`. */
export function includes(set: CodePointSet, codePoint: number): boolean {
  let low = 0
  let high = set.length / 2
  while (low < high) {
    const middle = (low + high) >>> 1
    if (at(set, middle * 2 + 1) < codePoint) low = middle + 1
    else high = middle
  }
  return low * 2 < set.length && at(set, low * 2) <= codePoint
}

/** Number of code points in `set`. */
export function size(set: CodePointSet): number {
  let count = 0
  for (let i = 0; i < set.length; i += 2) count += at(set, i + 1) - at(set, i) + 1
  return count
}

function at(list: readonly number[], index: number): number {
  return list[index] as number
}
