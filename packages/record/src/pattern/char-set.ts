const ASCII = 128

/** A set of characters: each of ASCII for itself, all others together. */
export interface CharSet {
  readonly ascii: Uint8Array
  readonly others: boolean
}

/** The characters of `chars`, all ASCII. */
export function charSet(chars: string): CharSet {
  const ascii = new Uint8Array(ASCII)
  for (let i = 0; i < chars.length; i++) ascii[chars.charCodeAt(i)] = 1
  return { ascii, others: false }
}

/** The ASCII characters from `first` to `last`, by code. */
export function charRange(first: number, last: number): CharSet {
  return { ascii: new Uint8Array(ASCII).fill(1, first, last + 1), others: false }
}

export function unionOf(sets: readonly CharSet[]): CharSet {
  const ascii = new Uint8Array(ASCII)
  for (const set of sets) for (let code = 0; code < ASCII; code++) if (set.ascii[code] === 1) ascii[code] = 1
  return { ascii, others: sets.some(set => set.others) }
}

export function complementOf({ ascii, others }: CharSet): CharSet {
  return { ascii: ascii.map(bit => 1 - bit), others: !others }
}

export function areDisjoint(a: CharSet, b: CharSet): boolean {
  return !(a.others && b.others) && a.ascii.every((bit, code) => bit === 0 || b.ascii[code] === 0)
}

const digits = charRange(0x30, 0x39)
const word = unionOf([digits, charRange(0x41, 0x5a), charRange(0x61, 0x7a), charSet('_')])
const space = charSet('\t\n\f\r ')

/** `\d \w \s` and their complements, as RE2 means them. */
export const classEscapes: ReadonlyMap<string, CharSet> = new Map([
  ['d', digits],
  ['D', complementOf(digits)],
  ['w', word],
  ['W', complementOf(word)],
  ['s', space],
  ['S', complementOf(space)],
])

/** `.` */
export const anyButNewline: CharSet = complementOf(charSet('\n'))

/** The set in the syntax of ECMAScript with the flag `u`. */
export function charSetSource({ ascii, others }: CharSet): string {
  const listed = others ? 0 : 1
  let source = ''
  for (let first = 0; first < ASCII; first++) {
    if (ascii[first] !== listed) continue
    let last = first
    while (last + 1 < ASCII && ascii[last + 1] === listed) last++
    source += last === first ? hex(first) : `${hex(first)}-${hex(last)}`
    first = last
  }
  return others ? `[^${source}]` : `[${source}]`
}

function hex(code: number): string {
  return `\\x${code.toString(16).padStart(2, '0')}`
}
