import { MAX_FIELDS } from '../limits.ts'
import { trimWhiteSpace } from '../white-space.ts'
import type { LineParser } from './line-parser.ts'

/** `key=value|key=value` as records. A line without any pair is not one. */
export function createGenericKvParser(): LineParser {
  return {
    parse(line) {
      const fields = new Map<string, string>()
      for (const pair of trimWhiteSpace(line).split('|')) {
        const equals = pair.indexOf('=')
        if (equals !== -1 && fields.size < MAX_FIELDS) fields.set(pair.slice(0, equals), pair.slice(equals + 1))
      }
      return fields.size === 0 ? undefined : { fields, text: line }
    },
  }
}
