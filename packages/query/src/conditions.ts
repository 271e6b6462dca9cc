import type { RowList } from '@logflow/record'
import type { Fields } from './fields.ts'
import type { NumberField } from './number-field.ts'
import type { NumberOperator, Operand, TextOperator, WhereCondition } from './query.ts'

/** Leaves in the list those rows on which a condition holds. */
export type Condition = (rows: RowList) => void

/** Binds a condition to fields as they are before `set`. */
export function compileCondition(condition: WhereCondition, fields: Fields): Condition {
  if (condition.kind === 'number') {
    const left = numberOperand(condition.left, fields)
    const right = numberOperand(condition.right, fields)
    return compareNumbers(condition.operator, left, right)
  }
  const left = textOperand(condition.left, fields)
  const right = textOperand(condition.right, fields)
  return compareTexts(condition.operator, [left, right], fields)
}

/** A field, or a constant. */
interface NumberSource {
  readonly field: NumberField | undefined
  readonly value: number
}

function compareNumbers(operator: NumberOperator, left: NumberSource, right: NumberSource): Condition {
  const holds = numberTests[operator]
  return list => {
    left.field?.read(list)
    right.field?.read(list)
    const [leftStates, leftValues] = [left.field?.states, left.field?.values]
    const [rightStates, rightValues] = [right.field?.states, right.field?.values]
    const { rows, count } = list
    let kept = 0
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number
      if ((leftStates && leftStates[row] !== 1) || (rightStates && rightStates[row] !== 1)) continue
      const leftValue = leftValues ? (leftValues[row] as number) : left.value
      const rightValue = rightValues ? (rightValues[row] as number) : right.value
      if (holds(leftValue, rightValue)) rows[kept++] = row
    }
    list.count = kept
  }
}

const numberTests: Readonly<Record<NumberOperator, (left: number, right: number) => boolean>> = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
}

function numberOperand(operand: Operand, fields: Fields): NumberSource {
  if (operand.kind === 'field') return { field: fields.number(fields.found(operand.name)), value: NaN }
  return { field: undefined, value: operand.kind === 'number' ? operand.value : NaN }
}

/** A column, or bytes that are always the same. */
interface TextSource {
  readonly column: number | undefined
  readonly start: number
  readonly end: number
}

function textOperand(operand: Operand, fields: Fields): TextSource {
  if (operand.kind === 'field') return { column: fields.found(operand.name), start: -1, end: -1 }
  const [start, end] = fields.columns.addText(operand.kind === 'text' ? operand.text : String(operand.value))
  return { column: undefined, start, end }
}

type TextTest = 'equals' | 'contains' | 'hasPrefix' | 'hasSuffix'

const textTests: Readonly<Record<TextOperator, readonly [test: TextTest, wanted: boolean]>> = {
  eq: ['equals', true],
  ne: ['equals', false],
  contains: ['contains', true],
  ncontains: ['contains', false],
  hasprefix: ['hasPrefix', true],
  nhasprefix: ['hasPrefix', false],
  hassuffix: ['hasSuffix', true],
  nhassuffix: ['hasSuffix', false],
}

function compareTexts(
  operator: TextOperator,
  [left, right]: readonly [TextSource, TextSource],
  { columns }: Fields,
): Condition {
  const [test, wanted] = textTests[operator]
  return list => {
    const { bytes } = columns
    const leftStarts = left.column === undefined ? undefined : columns.starts(left.column)
    const leftEnds = left.column === undefined ? undefined : columns.ends(left.column)
    const rightStarts = right.column === undefined ? undefined : columns.starts(right.column)
    const rightEnds = right.column === undefined ? undefined : columns.ends(right.column)
    const { rows, count } = list
    let kept = 0
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number
      const from = leftStarts ? (leftStarts[row] as number) : left.start
      const partFrom = rightStarts ? (rightStarts[row] as number) : right.start
      if (from === -1 || partFrom === -1) continue
      const size = (leftEnds ? (leftEnds[row] as number) : left.end) - from
      const partSize = (rightEnds ? (rightEnds[row] as number) : right.end) - partFrom
      if (passes(bytes, test, { from, size, partFrom, partSize }) === wanted) rows[kept++] = row
    }
    list.count = kept
  }
}

/** Two runs of bytes, the second perhaps a part of the first. */
interface Comparison {
  readonly from: number
  readonly size: number
  readonly partFrom: number
  readonly partSize: number
}

function passes(bytes: Uint8Array, test: TextTest, { from, size, partFrom, partSize }: Comparison): boolean {
  if (partSize > size || (test === 'equals' && partSize !== size)) return false
  const first = test === 'hasSuffix' ? from + size - partSize : from
  const last = test === 'contains' ? from + size - partSize : first
  for (let at = first; at <= last; at++) {
    let same = 0
    while (same < partSize && bytes[at + same] === bytes[partFrom + same]) same++
    if (same === partSize) return true
  }
  return false
}
