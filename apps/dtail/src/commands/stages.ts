import type { Question } from '../client/question.ts'
import { withTimeRange } from '../time/time-range.ts'
import type { Prepared } from './prepared.ts'

/** Whether what servers answer is more than printed as it arrives. */
export function needsStages({ run, query, output, printer, range }: Prepared): boolean {
  return query === undefined && (output !== printer || range !== undefined || run.options.merge === 'time')
}

/** The question for servers that choose lines by time. */
export function inTime({ range }: Pick<Prepared, 'range'>, question: Question): Question {
  return range ? { ...question, options: withTimeRange(question.options, range) } : question
}
