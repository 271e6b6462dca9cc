import { TailerError } from '../errors.ts'

/** One element of a segment: a star, or a test of one character. */
type Token = 'star' | ((character: number) => boolean)

/** Whether the pattern has anything to expand. */
export function hasMagic(pattern: string): boolean {
  return /[*?[\\]/.test(pattern) && /[*?[]/.test(pattern.replace(/\\./g, ''))
}

/** Whether a path is one that `expandGlob` could find for the pattern. @throws TailerError `LF_TAILER_GLOB` */
export function matchesGlob(pattern: string, path: string): boolean {
  const segments = pattern.split('/').filter(segment => segment !== '')
  const names = path.split('/').filter(name => name !== '')
  if (segments.length !== names.length || pattern.startsWith('/') !== path.startsWith('/')) return false
  return segments.every((segment, i) => compileGlob(segment)(names[i] as string))
}

/** A pattern without magic as the path it names. */
export function unescapeGlob(pattern: string): string {
  return pattern.replace(/\\(.)/g, '$1')
}

/**
 * A test for one path segment. Time is at most name length times pattern length, whatever the pattern: these come
 * from strangers, and a regular expression built from `*a*a*a*b` would not end.
 *
 * @throws TailerError `LF_TAILER_GLOB`
 */
export function compileGlob(segment: string): (name: string) => boolean {
  const tokens = parse(segment)
  return name => {
    let at = 0
    let token = 0
    let starAt = -1
    let starToken = -1
    while (at < name.length) {
      const test = tokens[token]
      const character = name.codePointAt(at) as number
      if (test === 'star') {
        starAt = at
        starToken = token++
      } else if (test?.(character)) {
        at += unitsOf(character)
        token++
      } else if (starToken !== -1) {
        starAt += unitsOf(name.codePointAt(starAt) as number)
        at = starAt
        token = starToken + 1
      } else return false
    }
    while (tokens[token] === 'star') token++
    return token === tokens.length
  }
}

/** How long a character is in a string. */
function unitsOf(character: number): number {
  return character > 0xffff ? 2 : 1
}

function parse(segment: string): Token[] {
  const tokens: Token[] = []
  const characters = Array.from(segment)
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i] as string
    if (character === '*') {
      if (tokens.at(-1) !== 'star') tokens.push('star')
    } else if (character === '?') tokens.push(() => true)
    else if (character === '[') {
      const { test, next } = parseClass(characters, i + 1, segment)
      tokens.push(test)
      i = next
    } else {
      const literal = code(character === '\\' ? characters[++i] : character, segment)
      tokens.push(found => found === literal)
    }
  }
  return tokens
}

/** A class, from after its `[`; `next` is its `]`. */
function parseClass(characters: readonly string[], from: number, segment: string): { test: Token; next: number } {
  const ranges: (readonly [number, number])[] = []
  const negated = characters[from] === '^'
  let i = negated ? from + 1 : from
  const one = (): number => {
    if (characters[i] === '-' || characters[i] === ']') throw malformed(segment)
    return code(characters[i] === '\\' ? characters[++i] : characters[i], segment)
  }
  for (; characters[i] !== ']' || ranges.length === 0; i++) {
    const low = one()
    let high = low
    if (characters[i + 1] === '-') {
      i += 2
      high = one()
    }
    ranges.push([low, high])
  }
  return { test: found => ranges.some(([low, high]) => found >= low && found <= high) !== negated, next: i }
}

function code(character: string | undefined, segment: string): number {
  if (character === undefined) throw malformed(segment)
  return character.codePointAt(0) as number
}

function malformed(segment: string): TailerError {
  return new TailerError('LF_TAILER_GLOB', `pattern is not well-formed: ${JSON.stringify(segment)}`, {
    detail: { pattern: segment },
  })
}
