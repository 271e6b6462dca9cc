import type { Pair } from './go-regexp.ts'

const LITERALS = [
  'a',
  'b',
  'B',
  'k',
  's',
  '0',
  '7',
  '_',
  ' ',
  '-',
  'é',
  'Σ',
  '€',
  '😀',
  '\u{FFFD}',
  '\n',
  '\\.',
  '\\n',
  '\\x41',
  '\\x{e9}',
]
const CLASSES = [
  '.', '[ab]', '[^a]', '[a-k]', '[^\\n]', '\\d', '\\D', '\\w', '\\W', '\\s', '\\S', '[[:alpha:]]', '[[:^digit:]]', '[[:punct:]_]',
  '\\pL', '\\PL', '\\p{Greek}', '\\p{^Lu}', '[\\p{Lu}\\d-]', '[^\\x00-\\x7f]', '[é-€]', '[\\x{10000}-\\x{10ffff}]', '[^\\w\\s]', '[]a]',
] // prettier-ignore
const ASSERTIONS = ['^', '$', '\\A', '\\z', '\\b', '\\B', '(?m:^)', '(?m:$)', '(?m)', '(?i)', '(?s)', '(?-i)']
const REPEATS = ['*', '+', '?', '*?', '+?', '??', '{2}', '{1,3}', '{2,}', '{0,2}?', '{0}']
const OPENINGS = ['(', '(?:', '(?i:', '(?s:', '(?m:', '(?P<n>', '(?<n>', '(?U:', '(?i-s:']
const BROKEN = ['(', ')', '[', ']', '{', '}', '*', '+', '?', '|', '\\', '\\p', '\\8', '\\x', '\\x{', '{1001}', '{3,1}', '(?', '(?=', '(?P<', '[z-a]', '[[:x:]]', '\\C', '\\Q', '\\E', '\\pX', '(?P<a-b>x)', '(?i', '**', '{,2}', '(?P=n)'] // prettier-ignore
const TEXTS = ['a', 'b', 'B', 'A', 'k', 'K', 's', '\u212a', 'ſ', '0', '7', '_', ' ', '-', '.', 'é', 'É', 'Σ', 'σ', 'ς', '€', '😀', '\u{FFFD}', '\n', '\t'] // prettier-ignore
const NOT_UTF8 = ['80', 'ff', 'c3', 'e282', 'f09f98', 'c0af', 'eda080', 'f4908080', 'e2', 'bf']

/** Pattern and text pairs, many of which match, the same for the same seed. */
export function randomPairs(count: number, seed: number): Pair[] {
  const random = new RandomPatterns(seed)
  return Array.from({ length: count }, () => ({ pattern: random.pattern(), text: random.text() }))
}

class RandomPatterns {
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  pattern(): string {
    const characters = [...this.#alternatives(3)]
    if (this.#below(8) === 0) characters.splice(this.#below(characters.length + 1), 0, this.#pick(BROKEN))
    return characters.join('')
  }

  text(): Uint8Array {
    const parts = Array.from({ length: this.#below(9) }, () =>
      this.#below(7) === 0 ? Buffer.from(this.#pick(NOT_UTF8), 'hex') : Buffer.from(this.#pick(TEXTS)),
    )
    return new Uint8Array(Buffer.concat(parts))
  }

  #alternatives(depth: number): string {
    const branches = this.#below(4) === 0 ? 2 + this.#below(2) : 1
    return Array.from({ length: branches }, () => this.#sequence(depth)).join('|')
  }

  #sequence(depth: number): string {
    return Array.from({ length: this.#below(5) }, () => this.#item(depth)).join('')
  }

  #item(depth: number): string {
    const kind = this.#below(10)
    if (kind === 0) return this.#pick(ASSERTIONS)
    const atom = kind < 5 ? this.#pick(LITERALS) : kind < 8 || depth === 0 ? this.#pick(CLASSES) : this.#group(depth)
    return this.#below(3) === 0 ? atom + this.#pick(REPEATS) : atom
  }

  #group(depth: number): string {
    return `${this.#pick(OPENINGS)}${this.#alternatives(depth - 1)})`
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#below(list.length)] as T
  }

  /** Mulberry32. */
  #below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000) * limit)
  }
}
