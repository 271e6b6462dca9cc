import { codePointSet, type CodePointSet } from './code-point-set.ts'

/** Conditions on a place between two characters; bits, so that a set of them is a number. */
export const TEXT_START = 1
export const TEXT_END = 2
export const LINE_START = 4
export const LINE_END = 8
export const WORD_BOUNDARY = 16
export const NOT_WORD_BOUNDARY = 32

/** One of the conditions above. */
export type Assertion = 1 | 2 | 4 | 8 | 16 | 32

/**
 * A parsed pattern. Flags are gone: case folding is in the sets, `(?s)` in the dot's set, `(?m)` in the assertions.
 * Groups are gone too, since only yes or no is asked, and greediness with them. An empty set matches nothing.
 */
export type Syntax =
  | { readonly kind: 'empty' }
  | { readonly kind: 'set'; readonly set: CodePointSet }
  | { readonly kind: 'assert'; readonly assertion: Assertion }
  | { readonly kind: 'concat'; readonly parts: readonly Syntax[] }
  | { readonly kind: 'alternate'; readonly parts: readonly Syntax[] }
  | { readonly kind: 'repeat'; readonly part: Syntax; readonly min: number; readonly max: number }

const EMPTY: Syntax = { kind: 'empty' }

/** One after the other; nested runs are made flat. */
export function concat(parts: readonly Syntax[]): Syntax {
  const flat = parts.flatMap(part => (part.kind === 'concat' ? part.parts : part.kind === 'empty' ? [] : [part]))
  return flat.length === 0 ? EMPTY : flat.length === 1 ? (flat[0] as Syntax) : { kind: 'concat', parts: flat }
}

/** One of them; the order does not matter for a yes or no, so all sets become one. */
export function alternate(parts: readonly Syntax[]): Syntax {
  const flat = parts.flatMap(part => (part.kind === 'alternate' ? part.parts : [part]))
  const sets = flat.filter(part => part.kind === 'set')
  const rest: Syntax[] = flat.filter(part => part.kind !== 'set')
  if (sets.length > 0) rest.push({ kind: 'set', set: codePointSet(sets.flatMap(part => part.set)) })
  return rest.length === 1 ? (rest[0] as Syntax) : { kind: 'alternate', parts: rest }
}

/** Whether the part matches nothing at all in every place, whatever stands around it. */
export function canBeEmpty(node: Syntax): boolean {
  switch (node.kind) {
    case 'empty':
      return true
    case 'set':
    case 'assert':
      return false
    case 'concat':
      return node.parts.every(canBeEmpty)
    case 'alternate':
      return node.parts.some(canBeEmpty)
    case 'repeat':
      return node.min === 0 || canBeEmpty(node.part)
  }
}

/** Whether any part of it is a condition on its surroundings. */
export function hasAssertion(node: Syntax): boolean {
  switch (node.kind) {
    case 'empty':
    case 'set':
      return false
    case 'assert':
      return true
    case 'concat':
    case 'alternate':
      return node.parts.some(hasAssertion)
    case 'repeat':
      return hasAssertion(node.part)
  }
}

/**
 * The same answer with less work: what may be empty at either end of an unanchored search never decides, and of a
 * repeat only the least count does. `.*a{2,5}` becomes `a{2}`.
 */
export function trimEnds(node: Syntax): Syntax {
  return trimEnd(trimEnd(node, 'first'), 'last')
}

function trimEnd(node: Syntax, end: 'first' | 'last'): Syntax {
  if (canBeEmpty(node)) return EMPTY
  if (node.kind === 'repeat') return { ...node, max: node.min }
  if (node.kind !== 'concat') return node
  const index =
    end === 'first'
      ? node.parts.findIndex(part => !canBeEmpty(part))
      : node.parts.findLastIndex(part => !canBeEmpty(part))
  const kept = trimEnd(node.parts[index] as Syntax, end)
  return concat(end === 'first' ? [kept, ...node.parts.slice(index + 1)] : [...node.parts.slice(0, index), kept])
}
