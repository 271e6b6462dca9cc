import { MAX_FIELDS } from '../limits.ts'
import { parseSeverity } from '../severity.ts'
import { parseDtailTime } from '../timestamp.ts'
import { trimWhiteSpace } from '../white-space.ts'
import type { LineParser, LineParserOptions } from './line-parser.ts'

// The line that DTail's servers write about themselves, and that dmap reads by default:
//
//     INFO|1002-071143|1|stats.go:56|8|13|7|0.21|471h0m21s|MAPREDUCE:STATS|currentConnections=0|...
//     0    1           2 3           4 5  6 7    8         9               10 and on: key=value
//
// Part 0 must begin with INFO, part 9 with MAPREDUCE:, and there must be a part 10; anything else is foreign.

/** What part 9 begins with; the name of the table follows. */
export const MAPREDUCE = 'MAPREDUCE:'

const FIXED_PARTS = 10

/** Fields that are whole parts, by number. */
export const partOfName: ReadonlyMap<string, number> = new Map([
  ['$severity', 0],
  ['$loglevel', 0],
  ['$time', 1],
  ['$pid', 2],
  ['$caller', 3],
  ['$cpus', 4],
  ['$goroutines', 5],
  ['$cgocalls', 6],
  ['$loadavg', 7],
  ['$uptime', 8],
])

/** What a time of 15 characters (`20211002-071209`) holds, as offsets in it. */
export const timePieces: ReadonlyMap<string, readonly [from: number, to: number]> = new Map([
  ['$date', [0, 8]],
  ['$hour', [9, 11]],
  ['$minute', [11, 13]],
  ['$second', [13, 15]],
])

/** The names that only this format gives, beside the keys of the line. */
export const defaultFormatNames: readonly string[] = [...partOfName.keys(), ...timePieces.keys()]

/** Lines of DTail's default format as records; the field names are those of dmap, `$` included. */
export function createDtailDefaultParser(options: LineParserOptions): LineParser {
  return {
    parse(line) {
      const parts = trimWhiteSpace(line).split('|')
      const [severity = '', time = ''] = parts
      if (parts.length <= FIXED_PARTS || !severity.startsWith('INFO') || !parts[9]?.startsWith(MAPREDUCE))
        return undefined
      const fields = new Map<string, string>()
      for (const [name, part] of partOfName) fields.set(name, parts[part] as string)
      if (time.length === 15) for (const [name, [from, to]] of timePieces) fields.set(name, time.slice(from, to))
      for (const pair of parts.slice(FIXED_PARTS)) {
        const equals = pair.indexOf('=')
        if (equals === -1) return undefined
        if (fields.size < MAX_FIELDS) fields.set(pair.slice(0, equals), pair.slice(equals + 1))
      }
      return { fields, text: line, severity: parseSeverity(severity), timeMs: parseDtailTime(time, options) }
    },
  }
}
