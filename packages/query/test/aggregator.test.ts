import { describe, expect, it } from 'vitest'
import { Aggregator, parseQuery, planQuery } from '../src/index.ts'
import { answer, batchOf, partials, source, statsLine } from './batch.ts'

describe('Aggregator', () => {
  it('answers as DTail answers its own statistics', () => {
    const lines = Array.from({ length: 597 }, (_, i) =>
      statsLine(`currentConnections=0|lifetimeConnections=${i % 7}`, {
        time: i === 596 ? '1002-071949' : '1002-071143',
        goroutines: i < 222 ? 12 : i < 596 ? 11 : 15,
      }),
    )
    const text =
      'from STATS select count($line),last($time),avg($goroutines),min(concurrentConnections),max(lifetimeConnections) group by $hostname'
    const sum = 222 * 12 + 374 * 11 + 15
    expect(answer(text, ...lines)).toEqual([['597', '1002-071949', (sum / 597).toFixed(6), '0.000000', '6.000000']])
    expect(answer(`${text} where $time eq "1002-071949"`, ...lines)).toEqual([
      ['1', '1002-071949', '15.000000', '0.000000', '1.000000'],
    ])
    expect(answer(`${text} where lifetimeConnections >= 3`, ...lines)[0]?.[0]).toBe('340')
  })

  it('sets variables from fields, functions and literals, left to right', () => {
    const text =
      'from STATS select $mask,$md5,$foo,$bar,$baz,$both set $mask = maskdigits($time), $md5 = md5sum($time), $foo = 42, ' +
      '$bar = "baz", $baz = $time, $both = md5sum(maskdigits($foo)) group by $hostname'
    expect(answer(text, statsLine('a=1', { time: '1002-071949' }))).toEqual([
      [
        '....-......',
        '0b53853845d68785051a6a9922b601f3',
        '42',
        'baz',
        '1002-071949',
        '58b9e70b65a77700ba66e9c64d6b9f89',
      ],
    ])
  })

  it('sees fields in `where` as they are before `set`', () => {
    const line = statsLine('a=1')
    expect(answer('from STATS select $x where $x eq "2" set $x = 2', line)).toEqual([])
    expect(answer('from STATS select $time where $time eq "1002-071143" set $time = now', line)).toEqual([['now']])
  })

  it('reads CSV by its header', () => {
    const text =
      'select sum($timecount),last($time),min($min_goroutines) group by $hostname set $timecount = `count($time)`, ' +
      '$time = `$time`, $min_goroutines = `min($goroutines)` logformat csv'
    const csv =
      'count($time),$time,max($goroutines),avg($goroutines),min($goroutines)\n23,1002-071147,16,14.3,12\n20,1002-071213,17,14.1,12\n20,1002-071143,17,15,13\n'
    expect(answer(text, csv)).toEqual([['63.000000', '1002-071143', '12.000000']])
  })

  it('reads the header of each source once, however the source is cut', () => {
    const aggregator = new Aggregator(planQuery(parseQuery('select count($line) group by * logformat csv')), {
      hostname: 'h',
    })
    aggregator.add(batchOf('a,b\n'))
    aggregator.add(batchOf('1,2\n3,4\n'))
    aggregator.add(batchOf('a\n5\n6\n7\n', 0, { ...source, id: 'other' }))
    expect(aggregator.take()).toMatchObject([{ key: '*', samples: 5, values: new Map([['count($line)', 5]]) }])
  })

  it.each([
    ['a == 1', true],
    ['a != 1', false],
    ['a < b', true],
    ['b =< a', false],
    ['0x1p1 => 2', true],
    ['nope != 1', false],
    ['t == 1', false],
    ['t eq "text"', true],
    ['t ne t', false],
    ['"x" ne "y"', true],
    ['1 eq "1"', false],
    ['t contains "ex"', true],
    ['t lacks "ex"', false],
    ['t ncontains "xe"', true],
    ['t hasprefix "te"', true],
    ['t nhasprefix "text!"', true],
    ['t hassuffix "xt"', true],
    ['t nhassuffix "xt"', false],
    ['nope nhassuffix "x"', false],
    ['nope lacks "x"', false],
    ['a == 1 and b == 2 t eq "text"', true],
    ['a == 1 b == 3', false],
  ])('decides %s', (condition, holds) => {
    const rows = answer(`from STATS select count(a) where ${condition}`, statsLine('a=1|b=2|t=text'))
    expect(rows).toHaveLength(holds ? 1 : 0)
  })

  it('counts a line as a sample when any value counted, and averages over samples', () => {
    const text = 'from STATS select avg(a),count(b),sum(a) group by $hostname'
    const rows = answer(text, statsLine('a=4|b=1'), statsLine('b=1'), statsLine('a=x|c=1'), statsLine('c=1'))
    expect(rows).toEqual([['2.000000', '2', '4.000000']])
  })

  it('makes no group of lines without any value', () => {
    expect(partials('from STATS select sum(a) group by b', statsLine('b=1'), statsLine('a=x|b=2'))).toEqual([])
  })

  it('counts what it cannot read', () => {
    const aggregator = new Aggregator(planQuery(parseQuery('from STATS select sum(a)')), { hostname: 'h' })
    aggregator.add(batchOf(statsLine('a=1') + statsLine('a=x') + statsLine('a=1|broken') + 'other\n'))
    expect(aggregator.stats()).toEqual({ lines: 4, matched: 2, malformed: 1, badNumbers: 1 })
  })

  it('keeps the last value also when it is a constant or the result of a function', () => {
    const text = 'from STATS select last($x),len($x),$hostname,$empty,* set $x = maskdigits(a) group by *'
    expect(answer(text, statsLine('a=1'), statsLine('a=é22'))).toEqual([
      ['é..', '4.000000', 'integrationtest', '', '*'],
    ])
  })

  it('keeps the last value when field and constant alternate', () => {
    const lines = [statsLine('$hostname=own'), statsLine('b=1'), statsLine('$hostname=own')]
    for (let count = 1; count <= 3; count++) {
      const rows = answer('from STATS select last($hostname) group by *', ...lines.slice(0, count))
      expect(rows).toEqual([[count === 2 ? 'integrationtest' : 'own']])
    }
  })

  it('counts a column that is written twice once', () => {
    expect(answer('from STATS select count(a),count(a) group by *', statsLine('a=1'))).toEqual([['1', '1']])
  })

  it('joins group keys by commas, missing ones empty', () => {
    const groups = partials(
      'from STATS select count(a) group by x,y,z',
      statsLine('a=1|y=2'),
      statsLine('a=1|x=1,2|z=3'),
    )
    expect(groups.map(group => group.key)).toEqual([',2,', '1,2,,3'])
  })

  it('is empty after it was taken', () => {
    const aggregator = new Aggregator(planQuery(parseQuery('from STATS select last(a),count(a),min(a)')), {
      hostname: 'h',
    })
    aggregator.add(batchOf(statsLine('a=1')))
    expect(aggregator.take()).toHaveLength(1)
    expect(aggregator.take()).toEqual([])
    aggregator.add(batchOf(statsLine('b=1') + statsLine('a=7')))
    expect(aggregator.take()).toEqual([
      {
        key: '7',
        samples: 1,
        values: new Map<string, unknown>([
          ['last(a)', '7'],
          ['count(a)', 1],
          ['min(a)', 7],
        ]),
      },
    ])
  })

  it('reads formats that DTail does not have, by their own names', () => {
    const rows = answer(
      'select sum(size),level group by level logformat json',
      '{"level":"warn","size":2}\n',
      '{"level":"warn","size":3.5}\n',
    )
    expect(rows).toEqual([['5.500000', 'warn']])
  })

  it('falls back to generic when the format is unknown', () => {
    const plan = planQuery(parseQuery('from X select $line logformat custom1'))
    expect(plan).toMatchObject({ logFormat: 'generic', unknownLogFormat: 'custom1' })
  })
})
