import { describe, expect, it } from 'vitest'
import { parseQuery } from './parser.ts'
import { renderCsv } from './render-csv.ts'
import { renderTable } from './render-table.ts'
import type { ResultRow } from './result-row.ts'

const row = (...values: string[]): ResultRow => ({ key: values[0] ?? '', values })
const many = Array.from({ length: 12 }, (_, i) => row(String(i)))

describe('renderTable', () => {
  it('aligns to the right', () => {
    const query = parseQuery('from STATS select count($line),$hostname group by $hostname')
    expect(renderTable(query, [row('597', 'integrationtest')])).toBe(
      ' count($line) |       $hostname \n--------------|-----------------\n          597 | integrationtest \n',
    )
  })

  it('makes columns as wide as bytes and fills up by characters, over rows that are not shown too', () => {
    expect(renderTable(parseQuery('select a limit 1'), [row('x'), row('éé')])).toBe('    a \n------\n    x \n')
  })

  it('shows ten rows unless the query or the caller says otherwise', () => {
    const lines = (text: string, options = {}): number =>
      renderTable(parseQuery(text), many, options).split('\n').length - 3
    expect(lines('select a')).toBe(10)
    expect(lines('select a', { limit: 3 })).toBe(3)
    expect(lines('select a limit 11', { limit: 3 })).toBe(11)
    expect(lines('select a limit 0')).toBe(0)
    expect(lines('select a limit -7')).toBe(12)
  })

  it('hands every piece to the painter', () => {
    const query = parseQuery('select a,count(b) group by a order by count(b)')
    const painted = renderTable(query, [row('x', '1')], {
      paint: {
        title: (text, { sortKey, groupKey }) => `<${sortKey ? 's' : ''}${groupKey ? 'g' : ''}${text}>`,
        titleDelimiter: text => `{${text}}`,
        cell: text => `[${text}]`,
        delimiter: text => `(${text})`,
      },
    })
    expect(painted).toBe('<g a >{|}<s count(b) >\n{---}{|}{----------}\n[ x ](|)[        1 ]\n')
  })
})

describe('renderCsv', () => {
  it('joins by commas, quotes nothing, and keeps to the limit of the query only', () => {
    expect(renderCsv(parseQuery('select a,b limit 1'), [row('1,5', '"'), row('2', '3')])).toBe('a,b\n1,5,"\n')
    expect(renderCsv(parseQuery('select a'), many, { header: false }).split('\n')).toHaveLength(13)
  })
})
