import { areDisjoint, unionOf, type CharSet } from './char-set.ts'
import { isNullable, type SimplePattern } from './simple-pattern.ts'

// A backtracking matcher is as fast as an automaton when there is nothing to come back to. Two things are shown here:
//
// 1. Every choice (which alternative, once more or on) is decided by the next character: then one attempt, with all its
//    coming back, reads every character a bounded number of times.
// 2. Attempts from different places share only a bounded number of characters: for every endless repeat, something in
//    the fixed beginning of the pattern is not in its set. So an attempt that gets past the beginning can start only in
//    the last few characters of what another one repeated over.
//
// One exception is common and harmless, `(?:.* tail)?` at the end: without it there is a match, too, so it is tried once,
// and is a search for the tail.

const nothing = unionOf([])
/** Characters that a pattern reads outside of endless repeats; the bound of the proof. */
const MAX_FIXED_CHARS = 256

/** Whether a backtracking search for the pattern takes time linear in the text. */
export function isLinear(pattern: SimplePattern): boolean {
  if (pattern.kind !== 'sequence' || fixedChars(pattern) > MAX_FIXED_CHARS) return false
  const last = pattern.items.at(-1)
  const search = last?.kind === 'optional' ? searchInside(last) : undefined
  return search ? isSearchable(pattern.items.slice(0, -1)) && isSearchable(search) : isSearchable(pattern.items)
}

/** The items of `tail` in `(?:.* tail)?`. */
function searchInside({ body }: SimplePattern & { kind: 'optional' }): readonly SimplePattern[] | undefined {
  const [first, ...tail] = body.kind === 'sequence' ? body.items : []
  return first?.kind === 'set' && first.max === Infinity && tail.length > 0 ? tail : undefined
}

function isSearchable(items: readonly SimplePattern[]): boolean {
  if (!isDecided({ kind: 'sequence', items }, nothing)) return false
  if (items[0]?.kind === 'assertion' && items[0].source === '^') return true
  const beginning = fixedBeginning(items)
  return items.flatMap(endlessSets).every(set => beginning.some(fixed => areDisjoint(fixed, set)))
}

/** The sets that a match certainly begins with, one by one. */
function fixedBeginning(items: readonly SimplePattern[]): CharSet[] {
  const sets: CharSet[] = []
  for (const item of items) {
    if (item.kind === 'assertion') continue
    if (item.kind !== 'set' || item.min !== item.max) break
    for (let i = 0; i < item.min; i++) sets.push(item.set)
  }
  return sets
}

/** Whether each choice in the pattern is decided by the next character, when `after` may follow. */
function isDecided(pattern: SimplePattern, after: CharSet): boolean {
  switch (pattern.kind) {
    case 'assertion':
      return true
    case 'set':
      return pattern.min === pattern.max || areDisjoint(pattern.set, after)
    case 'capture':
      return isDecided(pattern.body, after)
    case 'optional':
      return areDisjoint(firstSet(pattern.body), after) && isDecided(pattern.body, after)
    case 'choice':
      return arePairwiseDisjoint(pattern.options.map(firstSet)) && pattern.options.every(body => isDecided(body, after))
    case 'sequence':
      return pattern.items.every((item, index) => {
        const rest: SimplePattern = { kind: 'sequence', items: pattern.items.slice(index + 1) }
        return isDecided(item, isNullable(rest) ? unionOf([firstSet(rest), after]) : firstSet(rest))
      })
  }
}

function arePairwiseDisjoint(sets: readonly CharSet[]): boolean {
  return sets.every((set, index) => sets.slice(index + 1).every(other => areDisjoint(set, other)))
}

/** What the first character that the pattern reads may be. */
function firstSet(pattern: SimplePattern): CharSet {
  switch (pattern.kind) {
    case 'assertion':
      return nothing
    case 'set':
      return pattern.set
    case 'capture':
    case 'optional':
      return firstSet(pattern.body)
    case 'choice':
      return unionOf(pattern.options.map(firstSet))
    case 'sequence': {
      const stop = pattern.items.findIndex(item => !isNullable(item))
      return unionOf(pattern.items.slice(0, stop === -1 ? undefined : stop + 1).map(firstSet))
    }
  }
}

function endlessSets(pattern: SimplePattern): CharSet[] {
  switch (pattern.kind) {
    case 'assertion':
      return []
    case 'set':
      return pattern.max === Infinity ? [pattern.set] : []
    case 'capture':
    case 'optional':
      return endlessSets(pattern.body)
    case 'choice':
      return pattern.options.flatMap(endlessSets)
    case 'sequence':
      return pattern.items.flatMap(endlessSets)
  }
}

function fixedChars(pattern: SimplePattern): number {
  switch (pattern.kind) {
    case 'assertion':
      return 0
    case 'set':
      return pattern.max === Infinity ? pattern.min : pattern.max
    case 'capture':
    case 'optional':
      return fixedChars(pattern.body)
    case 'choice':
      return pattern.options.reduce((sum, option) => sum + fixedChars(option), 0)
    case 'sequence':
      return pattern.items.reduce((sum, item) => sum + fixedChars(item), 0)
  }
}
