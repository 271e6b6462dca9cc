import { ByteScanner, type LineVerdict } from '../field-scanner.ts'
import { MAX_FIELDS } from '../limits.ts'
import { trimWhiteSpace } from '../white-space.ts'
import type { LineParser } from './line-parser.ts'

const PIPE = 0x7c
const EQUALS = 0x3d

/** `key=value|key=value`; a part without `=` is passed over. */
export class GenericKvScanner extends ByteScanner {
  protected override scanFields(start: number, end: number): LineVerdict {
    const bytes = this.bytes
    for (let at = start; at < end; at++) {
      const keyStart = at
      while (at < end && bytes[at] !== EQUALS && bytes[at] !== PIPE) at++
      if (at === end || bytes[at] === PIPE) continue
      const slot = this.find(keyStart, at)
      const valueStart = ++at
      while (at < end && bytes[at] !== PIPE) at++
      if (slot !== -1) this.set(slot, valueStart, at)
    }
    return 'record'
  }
}

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
