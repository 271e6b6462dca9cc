import { selectLines } from '@logflow/core'
import { describe, expect, it } from 'vitest'
import { createRecordParser } from './record-parser.ts'
import { compileRules } from './rules.ts'
import { batchOf, source } from '../test/batch.ts'

const rules = [
  {
    name: 'reboot',
    literal: 'Booting',
    pattern: 'Booting Linux (?P<version>\\S+)',
    labels: { kind: 'boot' },
    fields: ['app'],
  },
  { name: 'dns', literal: 'dns', pattern: 'dns (?P<host>\\S+) took (?P<ms>[^ ]+) ?ms', numbers: ['ms'] },
]

const records = (text: string): ReturnType<ReturnType<typeof createRecordParser>> =>
  createRecordParser('kmsg')(batchOf(text))

describe('compileRules', () => {
  it('turns matching records into events with labels and numbers', () => {
    const events = compileRules(rules).apply(
      records('<6>[1.000000] Booting Linux 6.1\n<6>[1.000000] x\n<6>[2.000000] app: dns a.b took 12.5 ms\n'),
    )
    expect(events).toEqual([
      { name: 'reboot', timeMs: undefined, labels: { kind: 'boot', version: '6.1' }, values: {}, source, offset: 0 },
      { name: 'dns', timeMs: undefined, labels: { host: 'a.b' }, values: { ms: 12.5 }, source, offset: 48 },
    ])
  })

  it('keeps a capture that is no number as a label', () => {
    const [event] = compileRules(rules).apply(records('<6>[1.000000] dns a took many ms\n'))
    expect(event).toMatchObject({ labels: { host: 'a', ms: 'many' }, values: {} })
  })

  it('finds candidate lines by the bytes of the literals', () => {
    const batch = batchOf('no €\nBooting dns\nBootin\ndns é\n€ Booting\ndn\n')
    const set = compileRules(rules)
    expect([...set.candidateLines(batch)]).toEqual([1, 3, 4])
    expect([...set.candidateLines(selectLines(batch, [0, 4]))]).toEqual([1])
    expect([...compileRules([{ name: 'euro', literal: '€', pattern: '.' }]).candidateLines(batch)]).toEqual([0, 4])
  })

  it('looks at every line when some rule has no literal', () => {
    const set = compileRules([...rules, { name: 'any', pattern: 'x' }])
    expect([...set.candidateLines(batchOf('a\nb\n'))]).toEqual([0, 1])
  })

  it('takes an object with the rules in it', () => {
    expect(compileRules({ rules }).names).toEqual(['reboot', 'dns'])
    expect(() => compileRules({ rule: rules })).toThrow(
      expect.objectContaining({ detail: { key: 'rule', nearest: 'rules' } }),
    )
  })

  it('names the rule and the nearest key of what is wrong', () => {
    expect(() => compileRules([{ name: 'a', patern: 'x' }])).toThrow(
      expect.objectContaining({
        code: 'LF_RECORD_RULE_INVALID',
        detail: { rule: 'a', key: 'patern', nearest: 'pattern' },
      }),
    )
  })

  it.each([
    [{ name: 'a', pattern: '(' }, 'pattern'],
    [{ name: 'a', pattern: '(?<=x)y' }, 'pattern'],
    [{ name: 'a', pattern: 'a'.repeat(5000) }, 'pattern'],
    [{ name: 'a', pattern: '((a{1000}){1000})' }, 'pattern'],
    [{ name: 'a' }, 'pattern'],
    [{ name: 'a', pattern: 'x', numbers: ['n'] }, 'numbers'],
    [{ name: 'a', pattern: 'x', numbers: 'n' }, 'numbers'],
    [{ name: 'a', pattern: 'x', labels: { b: 1 } }, 'labels'],
    [{ name: 'a', pattern: 'x', literal: '' }, 'literal'],
    [{ name: 'a b', pattern: 'x' }, 'name'],
  ])('refuses %j for its %s', (rule, key) => {
    expect(() => compileRules([rule])).toThrow(
      expect.objectContaining({ code: 'LF_RECORD_RULE_INVALID', detail: expect.objectContaining({ key }) }),
    )
  })

  it('refuses a name used twice', () => {
    expect(() => compileRules([rules[0], rules[0]])).toThrow(
      expect.objectContaining({ detail: { rule: 'reboot', key: 'name' } }),
    )
  })

  it('is not held up by patterns that explode elsewhere', () => {
    const set = compileRules([
      { name: 'bad', pattern: '^(a+)+$' },
      { name: 'good', pattern: 'a$' },
    ])
    const events = set.apply(createRecordParser('generic')(batchOf(`${'a'.repeat(60_000)}b\n${'a'.repeat(60_000)}\n`)))
    expect(events.map(event => event.name)).toEqual(['bad', 'good'])
  })

  it('keeps group names of objects harmless', () => {
    const [event] = compileRules([{ name: 'p', pattern: '(?P<__proto__>x)' }]).apply(records('x\n'))
    expect(Object.keys(event?.labels ?? {})).toEqual(['__proto__'])
  })
})
