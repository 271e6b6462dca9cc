import { ROW_CAPACITY, type FieldConstants, type WholeLines } from './field-columns.ts'
import {
  KERNEL_BYTES,
  malformedLines,
  writeColumns,
  writeLayout,
  writeLines,
  writeParts,
  type LineLayout,
  type PartColumn,
} from './kernel-layout.ts'
import { MemoryColumns } from './memory-columns.ts'

const NEWLINE = 10
/** Bytes of text that are indexed at a time: they and their fields stay in the processor's second cache. */
const TEXT_BYTES = 128 * 1024

/** What {@link KernelColumns} are made of. */
export interface KernelFormat {
  readonly layout: LineLayout
  /** Parts that are columns in every line. */
  readonly parts: readonly PartColumn[]
  /** Columns behind those of the names, for the format's own use. */
  readonly hiddenColumns: number
}

/** Columns of a format that the kernel knows to read. */
export class KernelColumns extends MemoryColumns {
  #parts = { address: 0, room: 0 }
  #room: { text: number; positions: number; lines: number; size: number } = { text: 0, positions: 0, lines: 0, size: 0 }
  #open: Uint8Array = new Uint8Array(0)
  #at = 0

  constructor(names: readonly string[], constants: FieldConstants, { layout, parts, hiddenColumns }: KernelFormat) {
    super(names.length + hiddenColumns, KERNEL_BYTES)
    const { memory } = this
    writeLayout(memory, layout)
    const firstValues = this.addresses.flatMap((_, column) => {
      const value = constants.get(names[column] ?? '')
      return value === undefined || column >= names.length ? [-1, 0] : this.addText(value)
    })
    writeColumns(memory, {
      address: this.addresses[0] ?? 0,
      rowCapacity: ROW_CAPACITY,
      firstValues,
      lineColumn: names.indexOf('$line'),
      keys: names.map((key, column) => ({ key, column })),
    })
    this.setParts(parts)
    this.#makeRoom(TEXT_BYTES)
  }

  override get malformed(): number {
    return malformedLines(this.memory)
  }

  override open(lines: WholeLines): void {
    this.#open = withNewlines(lines)
    this.#at = 0
  }

  override next(): number {
    this.freeReserved()
    for (;;) {
      const rows = this.memory.kernel.rows()
      if (rows > 0) return rows
      if (this.#at === this.#open.length) return 0
      this.#index(this.#nextEnd())
    }
  }

  /** Which parts are columns from here on; of two parts that are one column the later counts. */
  protected setParts(parts: readonly PartColumn[]): void {
    const room = 8 * parts.length
    if (room > this.#parts.room) this.#parts = { address: this.memory.allocate(room), room }
    writeParts(this.memory, this.#parts.address, parts)
  }

  /** Called when lines were indexed, before they are read. */
  protected indexed(): void {}

  /** Where the lines end that are indexed together: as many as there is room for, at least one. */
  #nextEnd(): number {
    const { length } = this.#open
    const limit = this.#at + this.#room.size
    if (limit >= length) return length
    const last = this.#open.lastIndexOf(NEWLINE, limit - 1)
    if (last >= this.#at) return last + 1
    const next = this.#open.indexOf(NEWLINE, limit)
    return next === -1 ? length : next + 1
  }

  #index(end: number): void {
    const size = end - this.#at
    if (size >= this.#room.size) this.#makeRoom(2 * size)
    const { text, positions, lines } = this.#room
    const { bytes, kernel } = this.memory
    bytes.set(this.#open.subarray(this.#at, end), text)
    this.#at = end
    let to = text + size
    if (bytes[to - 1] !== NEWLINE) bytes[to++] = NEWLINE
    const linesEnd = kernel.index(text, to, positions, lines)
    this.lines += (linesEnd - lines) >> 2
    writeLines(this.memory, { start: text, positions, lines, end: linesEnd })
    this.indexed()
  }

  /** Every byte may be a delimiter and a line. */
  #makeRoom(size: number): void {
    const { memory } = this
    const notes = 4 * size + 8
    const [text, positions, lines] = [memory.allocate(size + 1), memory.allocate(notes), memory.allocate(notes)]
    this.#room = { text, positions, lines, size }
  }
}

/** The lines, each with its newline: a piece of a line that was too long has none. */
function withNewlines({ bytes, ends }: WholeLines): Uint8Array {
  if (!ends) return bytes
  let missing = 0
  for (let index = 0; index < ends.length - 1; index++) if (bytes[(ends[index] as number) - 1] !== NEWLINE) missing++
  if (missing === 0) return bytes
  const whole = new Uint8Array(bytes.length + missing + 1)
  let [from, size] = [0, 0]
  for (const end of ends) {
    whole.set(bytes.subarray(from, end), size)
    size += end - from
    if (bytes[end - 1] !== NEWLINE) whole[size++] = NEWLINE
    from = end
  }
  return whole.subarray(0, size)
}
