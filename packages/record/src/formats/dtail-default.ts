import { BytePositions } from '../byte-positions.ts'
import { ByteScanner, type FieldConstants, type LineVerdict } from '../field-scanner.ts'
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
const MAPREDUCE = new TextEncoder().encode('MAPREDUCE:')
const NO_SLOT = -1
/** Pipes of a line up to which a key is first guessed from an earlier line. */
const REMEMBERED_KEYS = 32

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
  readonly #partSlots: readonly { readonly slot: number; readonly part: number }[]
  readonly #pieceSlots: readonly { readonly slot: number; readonly from: number; readonly to: number }[]
  /** Keys of the pairs of earlier lines, by the number of the pipe before them. */
  readonly #keys: (DataView | undefined)[] = Array.from({ length: REMEMBERED_KEYS }, () => undefined)
  readonly #keySlots = new Int32Array(REMEMBERED_KEYS)
  #misses = 0
  readonly #pipes = new BytePositions(PIPE)

  constructor(names: readonly string[], constants?: FieldConstants) {
    super(names, constants)
    this.#partSlots = names.flatMap((name, slot) => {
      const part = partOfName.get(name)
      return part === undefined ? [] : [{ slot, part }]
    })
    this.#pieceSlots = names.flatMap((name, slot) => {
      const piece = timePieces.get(name)
      return piece === undefined ? [] : [{ slot, from: piece[0], to: piece[1] }]
    })
  }

  protected override scanFields(start: number, end: number): LineVerdict {
    if (!startsWithInfo(this.bytes, start, end)) return 'foreign'
    this.#pipes.find(this.view, start, end)
    if (this.#pipes.count < FIXED_PARTS || !this.#hasTable()) return 'foreign'
    const pipes = this.#pipes.positions
    for (const { slot, part } of this.#partSlots)
      this.set(slot, part === 0 ? start : (pipes[part - 1] as number) + 1, pipes[part] as number)
    if (this.#pieceSlots.length > 0) this.#setTimePieces()
    return this.#scanPairs(end) ? 'record' : 'malformed'
  }

  #hasTable(): boolean {
    const start = (this.#pipes.positions[FIXED_PARTS - 2] as number) + 1
    for (let i = 0; i < MAPREDUCE.length; i++) if (this.bytes[start + i] !== MAPREDUCE[i]) return false
    return true
  }

  #setTimePieces(): void {
    const start = (this.#pipes.positions[0] as number) + 1
    if ((this.#pipes.positions[1] as number) - start !== 15) return
    for (const { slot, from, to } of this.#pieceSlots) this.set(slot, start + from, start + to)
  }

  #scanPairs(end: number): boolean {
    const { positions, count } = this.#pipes
    for (let pipe = FIXED_PARTS - 1; pipe < count; pipe++) {
      const start = (positions[pipe] as number) + 1
      const stop = pipe + 1 < count ? (positions[pipe + 1] as number) : end
      const likely = this.#likelyKey(pipe, start, stop)
      if (likely > 0) {
        const slot = this.#keySlots[pipe] as number
        if (slot !== NO_SLOT) this.set(slot, start + likely + 1, stop)
      } else if (!this.#scanPair(pipe, start, stop)) return false
    }
    return true
  }

  #scanPair(pipe: number, start: number, stop: number): boolean {
    let equals = start
    while (equals < stop && this.bytes[equals] !== EQUALS) equals++
    if (equals === stop) return false
    const slot = this.find(start, equals)
    if (slot !== NO_SLOT) this.set(slot, equals + 1, stop)
    // Remembering costs an allocation: where lines of two kinds alternate, it must not happen on each of them.
    if (pipe < REMEMBERED_KEYS && (this.#keys[pipe] === undefined || ++this.#misses % 64 === 0)) {
      this.#keys[pipe] = new DataView(this.bytes.slice(start, equals).buffer)
      this.#keySlots[pipe] = slot
    }
    return true
  }

  /** Length of the key that was at this place in an earlier line, when it is here again; else 0. Lines of one program are alike. */
  #likelyKey(pipe: number, start: number, stop: number): number {
    const key = this.#keys[pipe]
    if (key === undefined) return 0
    const length = key.byteLength
    if (start + length >= stop || this.bytes[start + length] !== EQUALS) return 0
    const { view } = this
    let i = 0
    for (; i + 4 <= length; i += 4) if (view.getInt32(start + i) !== key.getInt32(i)) return 0
    for (; i < length; i++) if (view.getUint8(start + i) !== key.getUint8(i)) return 0
    return length
  }
}

/** Lines of DTail's default format as records; the field names are those of dmap, `$` included. */
export function createDtailDefaultParser(options: LineParserOptions): LineParser {
  return {
    parse(line) {
      const parts = trimWhiteSpace(line).split('|')
      const [severity = '', time = ''] = parts
      if (parts.length <= FIXED_PARTS || !severity.startsWith('INFO') || !parts[9]?.startsWith('MAPREDUCE:'))
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
