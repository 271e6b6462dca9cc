import { formatOptions, type SessionSpec } from '@logflow/protocol'
import type { Question } from '../client/question.ts'

/** A question as one session spec, for servers that can be asked anew while they answer. */
export function specOf({ mode, files, options, pattern, invert, query, timeoutSeconds }: Question): SessionSpec {
  const asked = query !== undefined && mode !== 'tail' ? 'map' : mode
  return {
    mode: asked,
    files,
    options: formatOptions(options),
    query,
    regex: pattern,
    regexInvert: invert,
    timeoutSeconds,
  }
}
