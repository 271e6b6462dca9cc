import { MAX_FIELDS } from '../limits.ts'
import { parsedPairs } from './json.ts'
import type { LineParser, LineParserOptions } from './line-parser.ts'

//     line  := pair (blank+ pair)*
//     pair  := key | key "=" | key "=" value
//     value := bare (no blank, no quote) | '"' ( any | "\" any )* '"'

const pair = /[ \t]*([^\s="]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([^\s"]*)))?(?=[ \t]|$)/y

/** `key=value key="quoted value"`. A key alone has the empty value; a line without any `=` is not logfmt. */
export function createLogfmtParser(options: LineParserOptions): LineParser {
  return {
    parse(line) {
      if (!line.includes('=')) return undefined
      const fields = parsePairs(line.trimEnd())
      return fields && parsedPairs(line, fields, options)
    },
  }
}

function parsePairs(line: string): Map<string, string> | undefined {
  const fields = new Map<string, string>()
  let hasValue = false
  pair.lastIndex = 0
  while (pair.lastIndex < line.length) {
    const match = pair.exec(line)
    if (!match) return undefined
    const [, key = '', quoted, bare] = match
    hasValue ||= quoted !== undefined || bare !== undefined
    if (fields.size < MAX_FIELDS) fields.set(key, quoted === undefined ? (bare ?? '') : unescaped(quoted))
  }
  return hasValue ? fields : undefined
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
])

function unescaped(text: string): string {
  if (!text.includes('\\')) return text
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, hex: string | undefined, char: string) =>
    hex === undefined ? (escapes.get(char) ?? char) : String.fromCharCode(Number.parseInt(hex, 16)),
  )
}
