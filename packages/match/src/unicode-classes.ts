import { ANY, codePointSet, complement, type CodePointSet } from './code-point-set.ts'
import { categoryNames, scriptNames } from './unicode-names.ts'

const BLOCK = 0x800
/** Planes 4 to 13 hold nothing but unassigned code points; one of them speaks for all. */
const EMPTY_PLANES = { from: 0x40000, to: 0xdffff }
const SURROGATES = { from: 0xd800, to: 0xdfff }

/** Canonical name to the expression that the JavaScript engine knows for it. */
let expressions: ReadonlyMap<string, string> | undefined
const known = new Map<string, CodePointSet>()

/**
 * The set for the name in `\p{name}`, or `undefined` when there is none: general categories (short and long), scripts,
 * `Any`, `ASCII`, `Assigned`. Case, `_`, `-` and blanks do not count. The version of Unicode is that of the engine.
 */
export function unicodeClass(name: string): CodePointSet | undefined {
  const key = canonical(name)
  if (key === 'any') return ANY
  if (key === 'ascii') return [0, 0x7f]
  if (key === 'assigned') return complement(unicodeClass('Cn') as CodePointSet)
  const expression = (expressions ??= readNames()).get(key)
  if (expression === undefined) return undefined
  let set = known.get(expression)
  if (!set) known.set(expression, (set = readSet(expression)))
  return set
}

function canonical(name: string): string {
  return name.replace(/[_ -]/g, '').toLowerCase()
}

function readNames(): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const script of scriptNames) names.set(canonical(script), `Script=${script}`)
  for (const [short, ...long] of categoryNames) for (const name of [short, ...long]) names.set(canonical(name), short)
  return names
}

/** Asks the engine about every code point, in runs. Milliseconds, hence once per class and process. */
function readSet(expression: string): CodePointSet {
  const run = new RegExp(`\\p{${expression}}+`, 'gu')
  const ranges: number[] = []
  if (expression === 'C' || expression === 'Cs') ranges.push(SURROGATES.from, SURROGATES.to)
  for (let base = 0; base <= 0x10ffff; base += BLOCK) {
    if (base === SURROGATES.from) continue
    if (base === EMPTY_PLANES.from) {
      if (new RegExp(`\\p{${expression}}`, 'u').test(String.fromCodePoint(base))) ranges.push(base, EMPTY_PLANES.to)
      base = EMPTY_PLANES.to + 1 - BLOCK
      continue
    }
    const width = base > 0xffff ? 2 : 1
    for (const match of block(base).matchAll(run)) {
      const low = base + match.index / width
      ranges.push(low, low + match[0].length / width - 1)
    }
  }
  return codePointSet(ranges)
}

function block(base: number): string {
  return String.fromCodePoint(...Array.from({ length: BLOCK }, (_, i) => base + i))
}
