import type { Matcher } from '@logflow/match'
import type { ReadCommand } from '@logflow/protocol'
import { errorText } from '../output/dtail-log.ts'
import { PROBLEM } from './problem.ts'
import type { Reading } from './reading.ts'

/** What chooses lines; `undefined` for all of them, `none` for a pattern that is none, which is told. */
export async function openMatcher(reading: Reading): Promise<Matcher | undefined | 'none'> {
  const { command, context, reader, sink } = reading
  try {
    const matcher = await matcherOf(command)
    if (matcher && command.mode === 'grep') logMatcher(reading)
    return matcher
  } catch (error) {
    await sink.tell(context.log.error(reader.name, `Unable to parse command|${errorText(error)}`), PROBLEM)
    return 'none'
  }
}

async function matcherOf({ pattern }: ReadCommand): Promise<Matcher | undefined> {
  if (pattern.kind === 'noop') return undefined
  const { compilePattern } = await import('@logflow/match')
  return compilePattern(pattern.pattern, { literal: pattern.literal })
}

function logMatcher({ command, context }: Reading): void {
  const how = command.pattern.literal ? 'Using optimized literal string matching' : 'Using regex matching'
  context.log.info(`${how} for pattern:`, command.pattern.pattern)
}
