import { parseNumber } from './parse-number.ts'
import type { NumberOperator, Operand, TextOperator, WhereCondition } from './query.ts'
import { clauseError, meantWord } from './syntax-error.ts'
import type { Token } from './tokenizer.ts'

const numberOperators: ReadonlyMap<string, NumberOperator> = new Map([
  ['==', '=='],
  ['!=', '!='],
  ['<', '<'],
  ['<=', '<='],
  ['=<', '<='],
  ['>', '>'],
  ['>=', '>='],
  ['=>', '>='],
])

const textOperators: ReadonlyMap<string, TextOperator> = new Map([
  ['eq', 'eq'],
  ['ne', 'ne'],
  ['contains', 'contains'],
  ['ncontains', 'ncontains'],
  ['lacks', 'ncontains'],
  ['hasprefix', 'hasprefix'],
  ['nhasprefix', 'nhasprefix'],
  ['hassuffix', 'hassuffix'],
  ['nhassuffix', 'nhassuffix'],
])

const OPERATORS = [...numberOperators.keys(), ...textOperators.keys()].join(' ')

/** Conditions of three words each, `and` between them or not. `endPosition` is where the clause ends. */
export function parseWhereConditions(tokens: readonly Token[], endPosition: number): WhereCondition[] {
  const conditions: WhereCondition[] = []
  for (let at = 0; at < tokens.length;) {
    const [left, operator, right] = tokens.slice(at, at + 3)
    if (!left || !operator || !right)
      throw clauseError("Not enough arguments in 'where' clause", {
        position: endPosition,
        expected: operator ? 'value' : 'operator',
      })
    conditions.push(parseCondition(left, operator, right))
    at += 3
    if (tokens[at]?.text.toLowerCase() === 'and') at++
  }
  return conditions
}

function parseCondition(left: Token, operator: Token, right: Token): WhereCondition {
  const word = operator.text.toLowerCase()
  const numberOperator = numberOperators.get(word)
  if (numberOperator !== undefined) {
    return {
      kind: 'number',
      operator: numberOperator,
      left: numberOperand(left, 'lValue'),
      right: numberOperand(right, 'rValue'),
    }
  }
  const textOperator = textOperators.get(word)
  if (textOperator === undefined)
    throw clauseError(`Unknown operation in 'where' clause: ${word}`, {
      position: operator.position,
      expected: `one of ${OPERATORS}`,
      nearest: meantWord(word, OPERATORS.split(' ')),
    })
  return { kind: 'text', operator: textOperator, left: textOperand(left), right: textOperand(right) }
}

function numberOperand({ text, bareword, position }: Token, side: 'lValue' | 'rValue'): Operand {
  if (!bareword)
    throw clauseError(`Expected bareword at 'where' clause's ${side}: ${text}`, {
      position,
      expected: 'number or field name without quotes',
    })
  const value = parseNumber(text)
  return value === undefined ? { kind: 'field', name: text } : { kind: 'number', value }
}

function textOperand({ text, bareword }: Token): Operand {
  return bareword ? { kind: 'field', name: text } : { kind: 'text', text }
}
