import { MAX_FIELDS } from '../limits.ts'
import { facilityOfPriority, severityOfPriority } from '../severity.ts'
import { parseIsoTime } from '../timestamp.ts'
import type { LineParser } from './line-parser.ts'

//     <PRI>1 TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA [MSG]         (RFC 5424 6)
//     STRUCTURED-DATA := "-" | ( "[" ID ( SP NAME "=" '"' VALUE '"' )* "]" )+       in VALUE  \" \\ \]

const header = /^<(\d{1,3})>1 (\S+) (\S+) (\S+) (\S+) (\S+) /
const element = /\[([^\s=\]"]{1,64})((?: [^\s=\]"]{1,64}="(?:[^"\\\]]|\\.)*")*)\]/y
const parameter = / ([^\s=\]"]{1,64})="((?:[^"\\\]]|\\.)*)"/g
const names = ['host', 'app', 'pid', 'msgid']

/** Syslog of RFC 5424. A parameter of structured data is the field `id.name`. */
export function createSyslog5424Parser(): LineParser {
  return {
    parse(line) {
      const match = header.exec(line)
      if (!match) return undefined
      const [whole, priority = '', time = '', ...rest] = match
      const fields = new Map([['facility', facilityOfPriority(Number(priority))]])
      for (const [index, name] of names.entries()) {
        const value = rest[index] as string
        if (value !== '-') fields.set(name, value)
      }
      const end = readStructuredData(line, whole.length, fields)
      if (end === -1 || (end < line.length && line[end] !== ' ')) return undefined
      return {
        fields,
        text: line.slice(end + 1).replace(/^\ufeff/, ''),
        timeMs: parseIsoTime(time),
        severity: severityOfPriority(Number(priority)),
      }
    },
  }
}

/** Where the message begins (the blank before it), or -1. */
function readStructuredData(line: string, from: number, fields: Map<string, string>): number {
  if (line[from] === '-') return from + 1
  let end = -1
  element.lastIndex = from
  for (let match = element.exec(line); match; match = element.exec(line)) {
    const [, id = '', parameters = ''] = match
    for (const [, name = '', value = ''] of parameters.matchAll(parameter))
      if (fields.size < MAX_FIELDS) fields.set(`${id}.${name}`, value.replace(/\\(["\\\]])/g, '$1'))
    end = element.lastIndex
  }
  return end
}
