import { compilePattern, MatchError, type Matcher } from '../src/index.ts'

/** `undefined` for a pattern that is refused. */
export function compileOrRefuse(pattern: string): Matcher | undefined {
  try {
    return compilePattern(pattern)
  } catch (error) {
    if (error instanceof MatchError) return undefined
    throw error
  }
}
