import type { RE2JS } from 're2js'
import { charSetSource } from './char-set.ts'
import { isLinear } from './is-linear.ts'
import { parseSimplePattern } from './parse-simple-pattern.ts'
import { captureNames, type SimplePattern } from './simple-pattern.ts'

/** The captures of the first match, in the order of the names asked for; `undefined` when nothing matches. */
export type Capturer = (text: string) => readonly (string | undefined)[] | undefined

/**
 * A capturer for named groups of a compiled pattern. Always linear in the text: where the engine of the platform is
 * shown to be that, and to mean the same, it does the work, which is some ten times as fast; else re2js does.
 */
export function createCapturer(pattern: RE2JS, names: readonly string[]): Capturer {
  return createNativeCapturer(pattern.pattern(), names) ?? createRe2Capturer(pattern, names)
}

/** A capturer that uses `RegExp`; `undefined` for patterns that are not known to be safe. */
export function createNativeCapturer(source: string, names: readonly string[]): Capturer | undefined {
  const simple = parseSimplePattern(source)
  if (!simple || !isLinear(simple)) return undefined
  const captures = captureNames(simple)
  const groups = names.map(name => captures.indexOf(name) + 1)
  const expression = new RegExp(sourceOf(simple), 'u')
  return text => {
    const match = expression.exec(text)
    return match ? groups.map(group => match[group]) : undefined
  }
}

/** A capturer that uses re2js, for any pattern. */
export function createRe2Capturer(pattern: RE2JS, names: readonly string[]): Capturer {
  return text => {
    // `test` runs the automaton without captures, which is many times faster; most records stop there.
    if (!pattern.test(text)) return undefined
    const matcher = pattern.matcher(text)
    if (!matcher.find()) return undefined
    return names.map(name => matcher.group(name) ?? undefined)
  }
}

function sourceOf(pattern: SimplePattern): string {
  switch (pattern.kind) {
    case 'set':
      return charSetSource(pattern.set) + repeatSource(pattern)
    case 'assertion':
      return pattern.source
    case 'sequence':
      return pattern.items.map(sourceOf).join('')
    case 'choice':
      return `(?:${pattern.options.map(sourceOf).join('|')})`
    case 'optional':
      return `(?:${sourceOf(pattern.body)})?${pattern.lazy ? '?' : ''}`
    case 'capture':
      return `(${sourceOf(pattern.body)})`
  }
}

function repeatSource({ min, max, lazy }: SimplePattern & { kind: 'set' }): string {
  if (min === 1 && max === 1) return ''
  return `{${min},${max === Infinity ? '' : max}}${lazy ? '?' : ''}`
}
