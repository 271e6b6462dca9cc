import { ByteScanner, type LineVerdict } from '../field-scanner.ts'
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

const PIPE = 0x7c
const EQUALS = 0x3d
const FIXED_PARTS = 10
const MAPREDUCE = 'MAPREDUCE:'

const partOfName: ReadonlyMap<string, number> = new Map([
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
const timePieces: ReadonlyMap<string, readonly [from: number, to: number]> = new Map([
  ['$date', [0, 8]],
  ['$hour', [9, 11]],
  ['$minute', [11, 13]],
  ['$second', [13, 15]],
])

/** The names that only this format gives, beside the keys of the line. */
export const defaultFormatNames: readonly string[] = [...partOfName.keys(), ...timePieces.keys()]

/** Finds fields in lines of DTail's default format. */
export class DtailDefaultScanner extends ByteScanner {
  readonly #partSlots: readonly (readonly [slot: number, part: number])[]
  readonly #pieceSlots: readonly (readonly [slot: number, from: number, to: number])[]
  readonly #partStarts = new Int32Array(FIXED_PARTS)
  readonly #partEnds = new Int32Array(FIXED_PARTS)

  constructor(names: readonly string[]) {
    super(names)
    this.#partSlots = names.flatMap((name, slot) => {
      const part = partOfName.get(name)
      return part === undefined ? [] : [[slot, part] as const]
    })
    this.#pieceSlots = names.flatMap((name, slot) => {
      const piece = timePieces.get(name)
      return piece === undefined ? [] : [[slot, ...piece] as const]
    })
  }

  protected override scanFields(start: number, end: number): LineVerdict {
    if (!startsWithInfo(this.bytes, start, end)) return 'foreign'
    const rest = this.#splitFixedParts(start, end)
    if (rest === -1) return 'foreign'
    for (const [slot, part] of this.#partSlots)
      this.set(slot, this.#partStarts[part] as number, this.#partEnds[part] as number)
    this.#setTimePieces()
    return this.#scanPairs(rest, end) ? 'record' : 'malformed'
  }

  /** Where part 10 starts, or -1 when the line is foreign. */
  #splitFixedParts(start: number, end: number): number {
    const bytes = this.bytes
    let at = start
    for (let part = 0; part < FIXED_PARTS; part++) {
      this.#partStarts[part] = at
      while (at < end && bytes[at] !== PIPE) at++
      if (at === end) return -1
      this.#partEnds[part] = at++
    }
    const table = this.#partStarts[FIXED_PARTS - 1] as number
    for (let i = 0; i < MAPREDUCE.length; i++) if (bytes[table + i] !== MAPREDUCE.charCodeAt(i)) return -1
    return at
  }

  #setTimePieces(): void {
    const start = this.#partStarts[1] as number
    if (this.#pieceSlots.length === 0 || (this.#partEnds[1] as number) - start !== 15) return
    for (const [slot, from, to] of this.#pieceSlots) this.set(slot, start + from, start + to)
  }

  #scanPairs(from: number, end: number): boolean {
    const bytes = this.bytes
    let at = from
    for (;;) {
      const keyStart = at
      while (at < end && bytes[at] !== EQUALS) {
        if (bytes[at] === PIPE) return false
        at++
      }
      if (at === end) return false
      const slot = this.find(keyStart, at)
      const valueStart = ++at
      while (at < end && bytes[at] !== PIPE) at++
      if (slot !== -1) this.set(slot, valueStart, at)
      if (at === end) return true
      at++
    }
  }
}

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

function startsWithInfo(bytes: Uint8Array, from: number, to: number): boolean {
  return (
    to - from > 4 &&
    bytes[from] === 0x49 &&
    bytes[from + 1] === 0x4e &&
    bytes[from + 2] === 0x46 &&
    bytes[from + 3] === 0x4f
  )
}
