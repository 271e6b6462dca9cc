import type { Answer } from './go-regexp.ts'

/** Many answers in little room. */
export interface PackedAnswers {
  /** Per answer a digit, 1 for a match and 2 for one with the newline, together 3; or `e` for the next error. */
  readonly answers: string
  readonly errors: readonly string[]
}

/** See {@link unpackAnswers}. */
export function packAnswers(answers: readonly Answer[]): PackedAnswers {
  return {
    answers: answers
      .map(one => (typeof one === 'string' ? 'e' : String(Number(one.matches) + 2 * Number(one.matchesWithNewline))))
      .join(''),
    errors: answers.filter(one => typeof one === 'string'),
  }
}

/** The answers that were packed. */
export function unpackAnswers({ answers, errors }: PackedAnswers): Answer[] {
  let error = 0
  return Array.from(answers, one =>
    one === 'e'
      ? (errors[error++] ?? '')
      : { matches: (Number(one) & 1) !== 0, matchesWithNewline: (Number(one) & 2) !== 0 },
  )
}
