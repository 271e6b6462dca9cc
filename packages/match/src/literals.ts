import { includes, REPLACEMENT, size, type CodePointSet } from './code-point-set.ts'
import { MAX_NEEDLES, MAX_NEEDLE_BYTES } from './limits.ts'
import { hasAssertion, type Syntax } from './syntax.ts'

/** A few byte strings. */
export type Needles = readonly Uint8Array[]

/** What can be said about a pattern in literals. */
export interface LiteralFacts {
  /** The pattern matches exactly where one of these is. */
  readonly exact: Needles | undefined
  /** Wherever the pattern matches, one of these is; the best such set found. */
  readonly required: Needles | undefined
}

/** Byte strings as latin1 text, which JavaScript joins and compares well. */
type Strings = readonly string[]

interface Content {
  /** Every text that the node can match, assertions left aside. */
  readonly exact: Strings | undefined
  readonly required: Strings | undefined
}

/** Below this a needle is in every other line. */
const LEAST_RARITY = 3

const encoder = new TextEncoder()

/** Finds the literals of a pattern. */
export function literalFacts(syntax: Syntax): LiteralFacts {
  const { exact, required } = contentOf(syntax)
  const complete = exact !== undefined && !exact.includes('') && !hasAssertion(syntax)
  const best = better(exact, required)
  return {
    exact: complete ? needles(exact) : undefined,
    required: best && rarity(best) >= LEAST_RARITY ? needles(best) : undefined,
  }
}

function contentOf(node: Syntax): Content {
  switch (node.kind) {
    case 'empty':
    case 'assert':
      return { exact: [''], required: undefined }
    case 'set':
      return { exact: charactersOf(node.set), required: undefined }
    case 'concat':
      return contentOfRun(node.parts)
    case 'alternate':
      return contentOfBranches(node.parts.map(contentOf))
    case 'repeat':
      return contentOfRun([node])
  }
}

function charactersOf(set: CodePointSet): Strings | undefined {
  // A byte that is no UTF-8 counts as the replacement character, so that is no literal.
  if (set.length === 0 || size(set) > MAX_NEEDLES || includes(set, REPLACEMENT)) return undefined
  const strings: string[] = []
  for (let i = 0; i < set.length; i += 2) {
    for (let code = set[i] as number; code <= (set[i + 1] as number); code++) {
      if (code >= 0xd800 && code <= 0xdfff) continue
      strings.push(String.fromCharCode(...encoder.encode(String.fromCodePoint(code))))
    }
  }
  return strings
}

function contentOfBranches(branches: readonly Content[]): Content {
  const exact = union(branches.map(branch => branch.exact))
  return { exact, required: exact ?? union(branches.map(branch => better(branch.exact, branch.required))) }
}

function union(sets: readonly (Strings | undefined)[]): Strings | undefined {
  const all = new Set<string>()
  for (const set of sets) {
    if (!set) return undefined
    for (const text of set) all.add(text)
    if (all.size > MAX_NEEDLES) return undefined
  }
  return [...all]
}

/** Joins neighbours as far as the number of texts stays small; where that ends the next run begins. */
function contentOfRun(parts: readonly Syntax[]): Content {
  let run: Strings = ['']
  let best: Strings | undefined
  let whole = true
  const cut = (next: Strings): void => {
    best = better(best, run)
    run = next
    whole = false
  }
  const join = (strings: Strings): void => {
    const longer = product(run, strings)
    if (longer) run = longer
    else cut(strings)
  }
  for (const part of parts) {
    const repeat = part.kind === 'repeat' ? part : undefined
    if (repeat?.max === 0) continue
    const content = contentOf(repeat ? repeat.part : part)
    const times = repeat ? repeat.min : 1
    if (!content.exact || times === 0) {
      cut([''])
      if (times > 0) best = better(best, content.required)
      continue
    }
    const copies = power(content.exact, times)
    join(copies.strings)
    // After one or more copies too many, the last ones stand directly before what follows.
    if (!copies.complete || (repeat && repeat.max !== repeat.min)) cut(copies.strings)
  }
  return { exact: whole ? run : undefined, required: better(best, run) }
}

function product(left: Strings, right: Strings): Strings | undefined {
  if (left.length * right.length > MAX_NEEDLES) return undefined
  const joined = left.flatMap(start => right.map(end => start + end))
  return joined.some(text => text.length > MAX_NEEDLE_BYTES) ? undefined : [...new Set(joined)]
}

/** `times` copies, or fewer when they become too many or too long. */
function power(strings: Strings, times: number): { strings: Strings; complete: boolean } {
  let result = strings
  for (let i = 1; i < times; i++) {
    const longer = product(result, strings)
    if (!longer) return { strings: result, complete: false }
    result = longer
  }
  return { strings: result, complete: true }
}

function better(a: Strings | undefined, b: Strings | undefined): Strings | undefined {
  if (!a || !b) return a ?? b
  return rarity(b) > rarity(a) ? b : a
}

/** A rough measure of how seldom any of these is found in a log. */
function rarity(strings: Strings): number {
  let least = Infinity
  for (const text of strings) {
    let sum = 0
    for (let i = 0; i < text.length; i++) sum += weight(text.charCodeAt(i))
    least = Math.min(least, sum)
  }
  return least - 2 * (strings.length - 1)
}

function weight(byte: number): number {
  const isLowerOrDigit = (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x30 && byte <= 0x39)
  if (isLowerOrDigit || byte === 0x20) return 1
  return byte > 0x20 && byte < 0x7f ? 1.3 : 2
}

/** As bytes; what holds another needle is left out, since the other one is found there too. */
function needles(strings: Strings): Needles {
  return strings
    .filter(text => !strings.some(other => other !== text && text.includes(other)))
    .map(text => Uint8Array.from(text, char => char.charCodeAt(0)))
}
