import { parseClfTime } from '../timestamp.ts'
import type { LineParser } from './line-parser.ts'

// Common log format, and combined with the last two:
//
//     host ident user [10/Oct/2000:13:55:36 -0700] "GET /a HTTP/1.1" 200 2326 "referer" "user agent"

const quoted = '"((?:[^"\\\\]|\\\\.)*)"'
const layout = new RegExp(
  `^(\\S+) (\\S+) (\\S+) \\[([^\\]]+)\\] ${quoted} (\\d{3}) (\\d+|-)(?: ${quoted} ${quoted})?(?:\\s|$)`,
)
const names = ['remote_host', 'ident', 'user', 'time', 'request', 'status', 'bytes', 'referer', 'user_agent']

/** Access logs of web servers, common and combined. `-` is no field; the request is also given in its three parts. */
export function createClfParser(): LineParser {
  return {
    parse(line) {
      const match = layout.exec(line)
      if (!match) return undefined
      const fields = new Map<string, string>()
      for (const [index, name] of names.entries()) {
        const value = match[index + 1]
        if (value !== undefined && value !== '-') fields.set(name, value)
      }
      const request = /^(\S+) (\S+)(?: (\S+))?$/.exec(fields.get('request') ?? '')
      for (const [index, name] of ['method', 'path', 'protocol'].entries()) {
        const value = request?.[index + 1]
        if (value !== undefined) fields.set(name, value)
      }
      return { fields, text: line, timeMs: parseClfTime(fields.get('time') ?? '') }
    },
  }
}
