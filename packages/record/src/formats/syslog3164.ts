import { facilityOfPriority, severityOfPriority } from '../severity.ts'
import { parseBsdTime, parseIsoTime, remembered } from '../timestamp.ts'
import type { LineParser, LineParserOptions } from './line-parser.ts'

//     [<PRI>] TIME HOST TAG[PID]: MESSAGE         (RFC 3164 4.1; PRI is not in files, and rsyslog writes ISO times)

const layout =
  /^(?:<(\d{1,3})>)?([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})?|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)) (\S+) ([^\s:[\]]+)(?:\[([^\]\s]*)\])?: ?(.*)$/s

/** BSD syslog, as on the wire and as in files. */
export function createSyslog3164Parser(options: LineParserOptions): LineParser {
  const timeOf = remembered(time => parseIsoTime(time, options) ?? parseBsdTime(time, options))
  return {
    parse(line) {
      const match = layout.exec(line)
      if (!match) return undefined
      const [, priority, time = '', host = '', app = '', pid, text = ''] = match
      const fields = new Map([['host', host]])
      fields.set('app', app)
      if (pid !== undefined) fields.set('pid', pid)
      if (priority !== undefined) fields.set('facility', facilityOfPriority(Number(priority)))
      return {
        fields,
        text,
        timeMs: timeOf(time),
        severity: priority === undefined ? undefined : severityOfPriority(Number(priority)),
      }
    },
  }
}
