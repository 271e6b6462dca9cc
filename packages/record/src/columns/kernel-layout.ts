import type { ColumnMemory } from './column-memory.ts'

// Where kernel.wat finds what to look for, as indexes of 32-bit words; names of runs of words are those of the first.

const LAYOUT = 0
const MOST_PARTS = 4
const COLUMNS = 11
const PARTS = 14
const KEYS = 16
const LINES_END = 22
const NEXT_LINE = 23
const NEXT_POSITION = 24
const NEXT_START = 25
const MALFORMED = 26

const ONES_ADDRESS = 256
const REMEMBERED_ADDRESS = 512
const POWERS_ADDRESS = 3584
const ANY_COUNT = 0x7fff_ffff
/** Bytes at the start of the memory that are the kernel's. */
export const KERNEL_BYTES = 4096

/** What a format's lines are made of. */
export interface LineLayout {
  /** Byte between the parts of a line; 10 for lines without parts. */
  readonly delimiter: number
  /** Number of the first part that is `key=value`. @defaultValue none is */
  readonly keyedFrom?: number
  /** A keyed part without `=` makes the line malformed; otherwise it is passed over. */
  readonly pairsOnly?: boolean
  /** Lines with fewer parts are foreign. */
  readonly fewestParts?: number
  /** Lines with more parts are malformed. */
  readonly mostParts?: number
  /** Lines that begin otherwise are foreign. */
  readonly head?: string
  /** Lines with something else behind part 8 are foreign. */
  readonly table?: string
  /** Lines that hold it nowhere are foreign; begins with the delimiter, and the table begins it. */
  readonly held?: string | undefined
}

/** A part of the line, by number, that is a column. */
export interface PartColumn {
  readonly part: number
  readonly column: number
}

/** A key whose value is a column. */
export interface KeyColumn {
  readonly key: string
  readonly column: number
}

const encoder = new TextEncoder()

/** Writes `text` to new memory. Returns address and size. */
export function storeText(memory: ColumnMemory, text: string): readonly [address: number, size: number] {
  const bytes = encoder.encode(text)
  const address = memory.allocate(bytes.length)
  memory.bytes.set(bytes, address)
  return [address, bytes.length]
}

/** Sets up the memory for one format. */
export function writeLayout(memory: ColumnMemory, layout: LineLayout): void {
  const { delimiter, keyedFrom = ANY_COUNT, pairsOnly = false, fewestParts = 0, mostParts = ANY_COUNT } = layout
  const texts = [layout.head, layout.table, layout.held].flatMap(text => storeText(memory, text ?? ''))
  memory.words.set([delimiter, keyedFrom, pairsOnly ? 1 : 0, fewestParts, mostParts, ...texts], LAYOUT)
  writeConstants(memory)
}

/** Writes what the kernel always needs. */
export function writeConstants(memory: ColumnMemory): void {
  memory.bytes.fill(0xff, ONES_ADDRESS, ONES_ADDRESS + 16)
  memory.wordsAt(REMEMBERED_ADDRESS, (POWERS_ADDRESS - REMEMBERED_ADDRESS) >> 2).fill(-1)
  for (let power = 0; power < 16; power++) memory.floats[(POWERS_ADDRESS >> 3) + power] = Number(`1e${power}`)
}

/** Lays out the columns: where they are, and what they hold unless the line says otherwise, as pairs of start and end. */
export function writeColumns(
  memory: ColumnMemory,
  facts: {
    readonly address: number
    readonly rowCapacity: number
    readonly firstValues: readonly number[]
    readonly lineColumn: number
    readonly keys: readonly KeyColumn[]
  },
): void {
  const { firstValues, keys } = facts
  const firstAddress = memory.allocate(firstValues.length * 4)
  const keyWords = keys.flatMap(({ key, column }) => [...storeText(memory, key), column])
  const keysAddress = memory.allocate(keyWords.length * 4)
  memory.words.set(firstValues, firstAddress >> 2)
  memory.words.set(keyWords, keysAddress >> 2)
  memory.words.set([firstValues.length / 2, firstAddress, facts.lineColumn], COLUMNS)
  memory.words.set([keysAddress, keys.length, facts.address, facts.rowCapacity], KEYS)
}

/** The parts of a line that are columns, in ascending order; `address` has room for them. */
export function writeParts(memory: ColumnMemory, address: number, parts: readonly PartColumn[]): void {
  memory.words.set(
    parts.flatMap(({ part, column }) => [part, column]),
    address >> 2,
  )
  memory.words.set([address, parts.length], PARTS)
}

/** How many parts a line may have. */
export function writeMostParts(memory: ColumnMemory, count: number): void {
  memory.words[MOST_PARTS] = count
}

/** The lines of a text are indexed; the next rows are theirs. */
export function writeLines(
  memory: ColumnMemory,
  { start, positions, lines, end }: { start: number; positions: number; lines: number; end: number },
): void {
  memory.words[LINES_END] = end
  memory.words[NEXT_LINE] = lines
  memory.words[NEXT_POSITION] = positions
  memory.words[NEXT_START] = start
}

/** Goes on behind the first line, which is `[start, end)`. */
export function takeLine(memory: ColumnMemory): readonly [start: number, end: number] {
  const { words } = memory
  const line = words[NEXT_LINE] as number
  const after = words[line >> 2] as number
  const range = [words[NEXT_START] as number, words[(after - 4) >> 2] as number] as const
  writeLines(memory, { start: range[1] + 1, positions: after, lines: line + 4, end: words[LINES_END] as number })
  return range
}

/** Malformed lines so far. */
export function malformedLines({ words }: ColumnMemory): number {
  return words[MALFORMED] as number
}
