import type { ParsedLine } from '../log-record.ts'
import { parseClfTime, remembered } from '../timestamp.ts'
import type { LineParser } from './line-parser.ts'

// Common log format, and combined with the last two:
//
//     host ident user [10/Oct/2000:13:55:36 -0700] "GET /a HTTP/1.1" 200 2326 "referer" "user agent"

const quoted = '"((?:[^"\\\\]|\\\\.)*)"'
const layout = new RegExp(
  `^(\\S+) (\\S+) (\\S+) \\[([^\\]]+)\\] ${quoted} (\\d{3}) (\\d+|-)(?: ${quoted} ${quoted})?(?:\\s|$)`,
)
const names = ['remote_host', 'ident', 'user', 'time', 'request', 'status', 'bytes', 'referer', 'user_agent']

const requestNames = ['method', 'path', 'protocol']

/** Access logs of web servers, common and combined. `-` is no field; the request is also given in its three parts. */
export function createClfParser(): LineParser {
  const timeOf = remembered(parseClfTime)
  return {
    parse(line) {
      const match = layout.exec(line)
      return match ? new ClfLine(line, match, timeOf(match[4] as string)) : undefined
    },
  }
}

/** The fields are looked for when somebody asks: most lines only count, by their time and their text. */
class ClfLine implements ParsedLine {
  readonly text: string
  readonly timeMs: number | undefined
  readonly #match: RegExpExecArray
  #fields: Map<string, string> | undefined

  constructor(text: string, match: RegExpExecArray, timeMs: number | undefined) {
    this.text = text
    this.timeMs = timeMs
    this.#match = match
  }

  get fields(): ReadonlyMap<string, string> {
    return (this.#fields ??= fieldsOf(this.#match))
  }
}

function fieldsOf(match: RegExpExecArray): Map<string, string> {
  const fields = new Map<string, string>()
  for (let index = 0; index < names.length; index++) {
    const value = match[index + 1]
    if (value !== undefined && value !== '-') fields.set(names[index] as string, value)
  }
  const request = /^(\S+) (\S+)(?: (\S+))?$/.exec(fields.get('request') ?? '')
  for (let index = 0; index < requestNames.length; index++) {
    const value = request?.[index + 1]
    if (value !== undefined) fields.set(requestNames[index] as string, value)
  }
  return fields
}
