import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { QueryError } from './errors.ts'
import { parseQuery } from './parser.ts'
import { explainQueryError } from './syntax-error.ts'

describe('parseQuery', () => {
  it('reads every clause, in any order and case', () => {
    const query = parseQuery(
      'LIMIT 5 select count($line), `sum(x)` FROM stats Where a >= 3 and "x" ne b set $v = md5sum(maskdigits(c)) ' +
        'group by $v, d rorder by count($line) interval 10 outfile append "o ut.csv" logformat csv',
    )
    expect(query).toMatchObject({
      select: [
        { storage: 'count($line)', field: '$line', aggregation: 'count' },
        { storage: 'sum(x)', field: 'sum(x)', aggregation: 'last' },
      ],
      table: 'STATS',
      where: [
        { kind: 'number', operator: '>=', left: { kind: 'field', name: 'a' }, right: { kind: 'number', value: 3 } },
        { kind: 'text', operator: 'ne', left: { kind: 'text', text: 'x' }, right: { kind: 'field', name: 'b' } },
      ],
      set: [{ variable: '$v', argument: 'c', functions: ['md5sum', 'maskdigits'] }],
      groupBy: ['$v', 'd'],
      orderBy: 'count($line)',
      ascending: true,
      intervalMs: 10_000,
      limit: 5,
      outfile: { path: 'o ut.csv', append: true },
      logFormat: 'csv',
    })
  })

  it('groups by the first field when nothing else is said', () => {
    expect(parseQuery('select max(a),b').groupBy).toEqual(['a'])
    expect(parseQuery('select max(a),b group by from x').groupBy).toEqual(['a'])
  })

  it('reads all lines of CSV without a table', () => {
    expect(parseQuery('select a logformat csv').table).toBe('.')
  })

  it('stays ascending once it was', () => {
    expect(parseQuery('select a,b rorder by a order by b')).toMatchObject({ orderBy: 'b', ascending: true })
  })

  it('keeps an interval at one second or more', () => {
    expect(parseQuery('select a interval 0').intervalMs).toBe(1000)
    expect(parseQuery('select a interval').intervalMs).toBe(5000)
  })

  it.each([
    ['select', "Invalid query: Expected at least one field in 'select' clause but got none", 6],
    ['select a from', "failed to parse query tokens: Invalid query: expected table name after 'from'", 13],
    ['select a from b c', "failed to parse query tokens: Invalid query: expected only one table name after 'from'", 16],
    ['hello', 'failed to parse query tokens: Invalid query: Unexpected keyword hello', 0],
    [
      'select a where b xx c',
      "failed to parse query tokens: Invalid query: Unknown operation in 'where' clause: xx",
      17,
    ],
    [
      'select a where b eq ""',
      "failed to parse query tokens: Invalid query: Not enough arguments in 'where' clause",
      22,
    ],
    ['select a set $b = f(x)', "failed to parse query tokens: unknown function 'f'", 18],
    [
      'select a set b = x',
      "failed to parse query tokens: Invalid query: Expected field variable name (starting with $) at 'set' clause's lValue: b",
      13,
    ],
    ['select a order by b', "Invalid query: Can not '(r)order by' 'b',must be present in 'select' clause", 18],
    ['select a limit x', 'failed to parse query tokens: Invalid query: strconv.Atoi: parsing "x": invalid syntax', 15],
    [
      'select sum(a',
      "failed to parse query tokens: Invalid query: Can't parse 'select' field name from aggregation: sum(a",
      7,
    ],
    ['select nope(a)', "failed to parse query tokens: Invalid query: Unknown aggregation in 'select' clause: nope", 7],
    ['select a outfile', 'failed to parse query tokens: Invalid query: Invalid query: ', 16],
    ['select a group', 'failed to parse query tokens: Invalid query: Unexpected end of query', 14],
  ])('says what is wrong with %j, and where', (text, message, position) => {
    expect(() => parseQuery(text)).toThrow(
      expect.objectContaining({
        code: 'LF_QUERY_SYNTAX',
        message,
        detail: { position, expected: expect.stringMatching(/./) as string },
      }),
    )
  })

  it.each([
    ['selct a', 'at character 1, expected one of select from where', '; did you mean select?'],
    ['select cuont(a)', 'at character 8, expected count or sum', '; did you mean count?'],
    ['select p96(a) where b conains "x"', 'at character 23, expected one of', '; did you mean contains?'],
    ['select a set $b = maskdigit(c)', 'at character 19, expected md5sum or maskdigits', '; did you mean maskdigits?'],
    ['select count(a) order by cuont(a)', 'at character 26, expected one of count(a)', '; did you mean count(a)?'],
    ['select a where b xx c', 'at character 18, expected one of', ' nhassuffix'],
    ['select a group by b limit', 'at character 26, expected number of rows', ''],
  ])('tells a person what was meant by %j', (text, where, meant) => {
    let explanation = ''
    try {
      parseQuery(text)
    } catch (error) {
      explanation = explainQueryError(error)
    }
    expect(explanation).toContain(where)
    expect(explanation.endsWith(meant)).toBe(true)
  })

  it('refuses a text that is no query by its length', () => {
    expect(() => parseQuery(`select ${'a '.repeat(50_000)}`)).toThrow(
      expect.objectContaining({ code: 'LF_QUERY_TOO_LONG' }),
    )
  })

  it('throws nothing but its own errors', () => {
    const word = fc.constantFrom(
      ...'select from where set group by order rorder interval limit outfile logformat a $b count(a) == eq and = 3 ( ) " ` , append'.split(
        ' ',
      ),
      'md5sum(a)',
      ' ',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(word, fc.string({ maxLength: 4 })), { maxLength: 20 }), words => {
        try {
          expect(parseQuery(words.join(' ')).select.length).toBeGreaterThan(0)
        } catch (error) {
          expect(error).toBeInstanceOf(QueryError)
          expect((error as QueryError).detail.position).toBeGreaterThanOrEqual(0)
        }
      }),
      { numRuns: 500 },
    )
  })
})
