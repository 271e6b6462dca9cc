import { codePointSet, includes, type CodePointSet } from './code-point-set.ts'

/** Cased letters of Unicode lie below; letters above have no case. */
const LAST_CASED = 0x1ffff

// Large blocks without case: Han, Hangul syllables, surrogates, private use.
const UNCASED: CodePointSet = [0x3400, 0xa4ff, 0xac00, 0xfaff, 0x17000, 0x18fff, 0x1b000, 0x1bfff]

const K = 0x4b
const S = 0x53
const KELVIN_SIGN = 0x212a
const LONG_S = 0x17f
const DOTLESS_I = 0x131

/**
 * `set` and everything that differs from a member only by case: Unicode simple folding, as in Go. `k` brings the
 * Kelvin sign, `s` the long s.
 */
export function foldCase(set: CodePointSet): CodePointSet {
  if (set.length === 0 || (set[set.length - 1] as number) < 0x80) return foldAscii(set)
  const ranges = [...set]
  for (const orbit of foldOrbits()) {
    if (!orbit.some(member => includes(set, member))) continue
    for (const member of orbit) if (!includes(set, member)) ranges.push(member, member)
  }
  return codePointSet(ranges)
}

/** Needs no table, which keeps `(?i:error)` free of its cost. */
function foldAscii(set: CodePointSet): CodePointSet {
  const ranges = [...set]
  for (let upper = 0x41; upper <= 0x5a; upper++) {
    const hasUpper = includes(set, upper)
    const hasLower = includes(set, upper + 32)
    if (!hasUpper && !hasLower) continue
    ranges.push(upper, upper, upper + 32, upper + 32)
    if (upper === K) ranges.push(KELVIN_SIGN, KELVIN_SIGN)
    if (upper === S) ranges.push(LONG_S, LONG_S)
  }
  return codePointSet(ranges)
}

let orbits: readonly (readonly number[])[] | undefined

/** Groups of code points that fold together, read from the engine's own tables on first use (some 10 ms). */
function foldOrbits(): readonly (readonly number[])[] {
  if (orbits) return orbits
  const groups = new Map<number, Set<number>>()
  const join = (a: number, b: number): void => {
    const left = groups.get(a) ?? new Set([a])
    const right = groups.get(b) ?? new Set([b])
    if (left === right) return
    for (const member of right) left.add(member)
    for (const member of left) groups.set(member, left)
  }
  for (let code = 0x41; code <= LAST_CASED; code++) {
    const skip = UNCASED.findIndex((low, i) => i % 2 === 0 && code >= low && code <= (UNCASED[i + 1] as number))
    if (skip !== -1) {
      code = UNCASED[skip + 1] as number
      continue
    }
    const char = String.fromCodePoint(code)
    for (const other of [char.toLowerCase(), char.toUpperCase()]) {
      if (other !== char && foldsTo(code, other)) join(code, other.codePointAt(0) as number)
    }
  }
  return (orbits = [...new Set(groups.values())].map(group => [...group]))
}

/** Whether `other`, the other case of `code`, folds with it: only single code points do, and not the dotless i. */
function foldsTo(code: number, other: string): boolean {
  const single = other.length === ((other.codePointAt(0) as number) > 0xffff ? 2 : 1)
  return single && code !== DOTLESS_I
}
