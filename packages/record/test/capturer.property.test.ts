import fc from 'fast-check'
import { RE2JS } from 're2js'
import { describe, expect, it } from 'vitest'
import { createNativeCapturer, createRe2Capturer } from '../src/pattern/capturer.ts'

const set = fc.constantFrom(
  'a',
  'b',
  'é',
  ' ',
  '"',
  '=',
  '\\.',
  '.',
  '\\d',
  '\\w',
  '\\S',
  '\\s',
  '\\D',
  '[ab]',
  '[^a]',
  '[^ "]',
)
const sets = fc.constantFrom('\\n', '[\\w/-]', '[0-9a-c]', '[^\\d\\s]', '5', '0')
const repeat = fc.constantFrom('', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,3}', '{2,}')
const single = fc.tuple(fc.oneof(set, sets), repeat).map(parts => parts.join(''))
const item = fc.oneof({ weight: 8, arbitrary: single }, fc.constantFrom('\\b', '^', '$'))

/** Patterns with groups by number: `%` becomes the next name. */
const { pattern } = fc.letrec<{ pattern: string; part: string }>(tie => ({
  pattern: fc.array(tie('part'), { minLength: 1, maxLength: 5 }).map(parts => parts.join('')),
  part: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 5, arbitrary: item },
    tie('pattern').map(body => `(?P<%>${body})`),
    tie('pattern').map(body => `(?:${body})?`),
    fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `(?:${a}|${b})`),
    tie('pattern').map(body => `(?:.*${body})?`),
  ),
}))
const text = fc
  .array(
    fc.constantFrom('a', 'b', 'c', 'é', '€', '😀', '\ud83d', ' ', '"', '=', '.', '0', '5', '55', '\n', '/', '-', '_'),
    {
      maxLength: 30,
    },
  )
  .map(chars => chars.join(''))

const named = (source: string): string => {
  let number = 0
  return source.replaceAll('%', () => `g${number++}`)
}

describe('createNativeCapturer', () => {
  it('captures what re2js captures, wherever it takes a pattern', () => {
    let taken = 0
    fc.assert(
      fc.property(pattern.map(named), fc.array(text, { minLength: 1, maxLength: 8 }), (source, texts) => {
        const compiled = RE2JS.compile(source)
        const names = Object.keys(compiled.namedGroups())
        const native = createNativeCapturer(source, names)
        if (!native) return
        taken++
        const re2 = createRe2Capturer(compiled, names)
        for (const one of texts) expect(native(one)).toEqual(re2(one))
      }),
      { numRuns: 4000 },
    )
    expect(taken).toBeGreaterThan(300)
  })

  it.each([
    '" (?P<class>\\d)\\d\\d (?:(?P<bytes>\\d+)|-)',
    '" (?P<status>5\\d\\d) (?:(?P<bytes>\\d+)|-)(?:.* rt=(?P<seconds>\\d+\\.\\d+))?',
    ' rt=(?P<seconds>0*[1-9]\\d*\\.\\d+)',
    'Accepted (?P<method>[\\w/-]+) for (?P<user>\\S+) from (?P<address>\\S+) port \\d+',
  ])('takes %s', source => {
    expect(createNativeCapturer(source, [])).toBeDefined()
  })

  it.each([
    '(a+)+$', // a repeat of a repeat
    'x*x*y', // two ways to read x
    '\\d+x', // every digit could be the beginning
    'a.*b.*c', // ends anew for every a and b
    'ab[^b]*a?b[^)]*\\)', // no fixed character ends the last repeat
    '(?:a|ab)c', // not decided by the next character
    '(?:a*)?b', // ECMAScript leaves the group out
    '(?i)a',
    '\\pL',
    '[[:alpha:]]',
    '(?P<x>a)*',
    'a**',
    'é',
  ])('leaves %s to re2js', source => {
    expect(createNativeCapturer(source, [])).toBeUndefined()
  })

  it.each([
    '" (?P<a>5\\d\\d) (?:(?P<b>\\d+)|-)(?:.* rt=(?P<c>\\d+\\.\\d+))?',
    'ab (?P<x>[^ ]*) (?P<y>\\d+)z',
    '^\\w+ \\w+ x',
  ])('is linear for %s', source => {
    const native = createNativeCapturer(source, []) as (text: string) => unknown
    for (const piece of ['" 500 1', ' rt=1', 'ab ', 'ab x 1', '1', 'a', '" 500 1 rt=11111']) {
      const long = piece.repeat(Math.ceil(65_536 / piece.length))
      const before = process.cpuUsage()
      native(long)
      // Of this process alone, and generous: what is not linear takes minutes.
      expect(process.cpuUsage(before).user).toBeLessThan(5_000_000)
    }
  })
})
