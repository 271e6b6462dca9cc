import { QueryError } from './errors.ts'
import { MAX_QUERY_CHARS } from './limits.ts'
import type { Outfile, Query } from './query.ts'
import { parseSelectItems } from './select-clause.ts'
import { parseSetAssignments } from './set-clause.ts'
import { clauseError, meantWord, queryError, unexpectedEnd } from './syntax-error.ts'
import { TokenCursor, type Token } from './tokenizer.ts'
import { parseWhereConditions } from './where-clause.ts'

//     query     := clause*                          any order; a repeated clause overrides
//     select    := "select" item+                   item := field | aggregation "(" field ")"
//     from      := "from" NAME
//     where     := "where" condition ( ["and"] condition )*
//     set       := "set" ( $VAR "=" value )+
//     group     := "group" ["by"] field*
//     order     := ("order" | "rorder") ["by"] storage ignored*
//     interval  := "interval" [INT]
//     limit     := "limit" INT
//     outfile   := "outfile" ["append"] PATH
//     logformat := "logformat" NAME

const DEFAULT_INTERVAL_MS = 5000
const CLAUSES = 'select from where set group order rorder interval limit outfile logformat'

type Draft = { -readonly [Key in keyof Query]: Query[Key] }

/**
 * Reads a dmap query, as DTail does, with its texts for errors.
 *
 * @throws QueryError `LF_QUERY_SYNTAX` with the `position` in the text, what was `expected` there, and the `nearest` word
 *   where one is misspelt; `LF_QUERY_TOO_LONG`
 */
export function parseQuery(text: string): Query {
  if (text.length > MAX_QUERY_CHARS)
    throw new QueryError('LF_QUERY_TOO_LONG', `query has ${text.length} characters, limit is ${MAX_QUERY_CHARS}`, {
      detail: { length: text.length, limit: MAX_QUERY_CHARS },
    })
  const query: Draft = {
    text,
    select: [],
    table: '',
    where: [],
    set: [],
    groupBy: [],
    orderBy: undefined,
    ascending: false,
    intervalMs: DEFAULT_INTERVAL_MS,
    limit: -1,
    outfile: undefined,
    logFormat: undefined,
  }
  const cursor = new TokenCursor(text)
  while (!cursor.ended) readClause(query, cursor)
  checkQuery(query)
  if (query.groupBy.length === 0) query.groupBy = query.select.slice(0, 1).map(item => item.field)
  if (query.logFormat === 'csv' && query.table === '') query.table = '.'
  return query
}

function readClause(query: Draft, cursor: TokenCursor): void {
  const keyword = cursor.take() as Token
  const read = clauses.get(keyword.text.toLowerCase())
  if (!read)
    throw clauseError(`Unexpected keyword ${keyword.text}`, {
      position: keyword.position,
      expected: `one of ${CLAUSES}`,
      nearest: meantWord(keyword.text.toLowerCase(), CLAUSES.split(' ')),
    })
  read(query, cursor)
}

const clauses: ReadonlyMap<string, (query: Draft, cursor: TokenCursor) => void> = new Map([
  ['select', (query, cursor) => void (query.select = parseSelectItems(cursor.takeClause()))],
  ['from', readFrom],
  ['where', (query, cursor) => void (query.where = parseWhereConditions(cursor.takeClause(), cursor.position))],
  ['set', (query, cursor) => void (query.set = parseSetAssignments(cursor.takeClause(), cursor.position))],
  ['group', readGroup],
  ['order', readOrder],
  [
    'rorder',
    (query, cursor) => {
      readOrder(query, cursor)
      query.ascending = true // and a later `order` leaves it so
    },
  ],
  ['interval', readInterval],
  ['limit', (query, cursor) => void (query.limit = parseInteger(oneToken(cursor, 'number of rows')))],
  ['outfile', (query, cursor) => void (query.outfile = parseOutfile(cursor))],
  ['logformat', (query, cursor) => void (query.logFormat = oneToken(cursor, 'log format').text)],
])

function readFrom(query: Draft, cursor: TokenCursor): void {
  const [table, second] = cursor.takeClause()
  if (!table)
    throw clauseError("expected table name after 'from'", { position: cursor.position, expected: 'table name' })
  if (second)
    throw clauseError("expected only one table name after 'from'", {
      position: second.position,
      expected: 'next clause',
    })
  query.table = table.text.toUpperCase()
}

function readGroup(query: Draft, cursor: TokenCursor): void {
  cursor.skip('by')
  if (cursor.ended) throw unexpectedEnd({ position: cursor.position, expected: 'field' })
  query.groupBy = cursor.takeClause().map(token => token.text)
}

function readOrder(query: Draft, cursor: TokenCursor): void {
  cursor.skip('by')
  query.orderBy = oneToken(cursor, 'item of the select clause').text
}

function readInterval(query: Draft, cursor: TokenCursor): void {
  const [token] = cursor.takeClause()
  if (token) query.intervalMs = Math.max(1, parseInteger(token)) * 1000
}

function parseOutfile(cursor: TokenCursor): Outfile {
  const { position } = cursor
  const [first, second, third] = cursor.takeClause()
  if (first && !second) return { path: first.text, append: false }
  if (first?.text === 'append' && second && !third) return { path: second.text, append: true }
  throw clauseError('Invalid query: ', { position, expected: 'path, or append path' })
}

/** The first token of a clause that needs one; the others are ignored. */
function oneToken(cursor: TokenCursor, expected: string): Token {
  const [token] = cursor.takeClause()
  if (!token) throw unexpectedEnd({ position: cursor.position, expected })
  return token
}

/** As Go's strconv.Atoi, with its texts. */
function parseInteger({ text, position }: Token): number {
  const fail = (why: string): QueryError =>
    clauseError(`strconv.Atoi: parsing ${JSON.stringify(text)}: ${why}`, { position, expected: 'whole number' })
  if (!/^[+-]?\d+$/.test(text)) throw fail('invalid syntax')
  const value = Number(text)
  if (Math.abs(value) >= 2 ** 63) throw fail('value out of range')
  return value
}

function checkQuery({ text, select, orderBy }: Query): void {
  if (select.length === 0)
    throw queryError("Expected at least one field in 'select' clause but got none", {
      position: text.length,
      expected: 'select clause',
    })
  if (orderBy !== undefined && !select.some(item => item.storage === orderBy))
    throw queryError(`Can not '(r)order by' '${orderBy}',must be present in 'select' clause`, {
      position: text.lastIndexOf(orderBy),
      expected: `one of ${select.map(item => item.storage).join(' ')}`,
      nearest: meantWord(
        orderBy,
        select.map(item => item.storage),
      ),
    })
}
