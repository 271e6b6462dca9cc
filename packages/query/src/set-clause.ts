import { parseFunctions } from './functions.ts'
import type { SetAssignment } from './query.ts'
import { clauseError } from './syntax-error.ts'
import type { Token } from './tokenizer.ts'

/** Assignments of three words each. `endPosition` is where the clause ends. */
export function parseSetAssignments(tokens: readonly Token[], endPosition: number): SetAssignment[] {
  const assignments: SetAssignment[] = []
  for (let at = 0; at < tokens.length;) {
    const [variable, operator, value] = tokens.slice(at, at + 3)
    if (!variable || !operator || !value)
      throw clauseError("Not enough arguments in 'set' clause", {
        position: endPosition,
        expected: operator ? 'value' : '=',
      })
    assignments.push(parseAssignment(variable, operator, value))
    at += 3
    if (tokens[at]?.text === ',') at++
  }
  return assignments
}

function parseAssignment(variable: Token, operator: Token, value: Token): SetAssignment {
  const { text: name, position } = variable
  if (operator.text !== '=')
    throw clauseError(`Unknown operation in 'set' clause: ${operator.text}`, {
      position: operator.position,
      expected: '=',
    })
  if (!variable.bareword)
    throw clauseError(`Expected bareword at 'set' clause's lValue: ${name}`, { position, expected: '$variable' })
  if (!name.startsWith('$'))
    throw clauseError(`Expected field variable name (starting with $) at 'set' clause's lValue: ${name}`, {
      position,
      expected: '$variable',
    })
  if (value.backticked || !value.text.endsWith(')')) return { variable: name, argument: value.text, functions: [] }
  return { variable: name, ...parseFunctions(value.text, value.position) }
}
