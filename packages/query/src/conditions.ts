import type { Field, NumberField } from './field.ts'
import type { NumberOperator, Operand, TextOperator, WhereCondition } from './query.ts'
import type { Row } from './row.ts'

/** Whether a condition holds on line number `line`. */
export type Condition = (line: number) => boolean

const encoder = new TextEncoder()

/** Binds a condition to the fields of a row, as they are before `set`. */
export function compileCondition(condition: WhereCondition, row: Row): Condition {
  if (condition.kind === 'number') {
    const left = numberOperand(condition.left, row)
    const right = numberOperand(condition.right, row)
    return compareNumbers(condition.operator, left, right)
  }
  return compareTexts(condition.operator, textOperand(condition.left, row), textOperand(condition.right, row))
}

type NumberSource = Pick<NumberField, 'read' | 'value'>

function compareNumbers(operator: NumberOperator, left: NumberSource, right: NumberSource): Condition {
  const holds = numberTests[operator]
  return line => left.read(line) && right.read(line) && holds(left.value, right.value)
}

const numberTests: Readonly<Record<NumberOperator, (left: number, right: number) => boolean>> = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
}

function numberOperand(operand: Operand, row: Row): NumberSource {
  if (operand.kind === 'field') return row.number(row.scanned(operand.name))
  const value = operand.kind === 'number' ? operand.value : NaN
  return { value, read: () => true }
}

function textOperand(operand: Operand, row: Row): Field {
  if (operand.kind === 'field') return row.scanned(operand.name)
  const bytes = encoder.encode(operand.kind === 'text' ? operand.text : String(operand.value))
  return { buffers: [bytes], starts: Int32Array.of(0), ends: Int32Array.of(bytes.length), index: 0 }
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

function compareTexts(operator: TextOperator, left: Field, right: Field): Condition {
  const [test, wanted] = textTests[operator]
  return () => {
    const from = left.starts[left.index] as number
    const partFrom = right.starts[right.index] as number
    if (from === -1 || partFrom === -1) return false
    const size = (left.ends[left.index] as number) - from
    const partSize = (right.ends[right.index] as number) - partFrom
    if (partSize > size || (test === 'equals' && partSize !== size)) return !wanted
    const first = test === 'hasSuffix' ? from + size - partSize : from
    const last = test === 'contains' ? from + size - partSize : first
    return occurs(left, first, last, right) === wanted
  }
}

/** Whether the value of `part` is in that of `whole`, starting somewhere in `[first, last]`. */
function occurs(whole: Field, first: number, last: number, part: Field): boolean {
  const bytes = whole.buffers[whole.index] as Uint8Array
  const partBytes = part.buffers[part.index] as Uint8Array
  const partFrom = part.starts[part.index] as number
  const size = (part.ends[part.index] as number) - partFrom
  for (let at = first; at <= last; at++) {
    let same = 0
    while (same < size && bytes[at + same] === partBytes[partFrom + same]) same++
    if (same === size) return true
  }
  return false
}
