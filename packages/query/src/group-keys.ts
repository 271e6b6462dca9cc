import type { FieldColumns, KeyTable, RowList } from '@logflow/record'

const COMMA = 0x2c

/** Numbers the distinct values of some fields, joined by commas: groups 0, 1, 2… in the order they are first seen. */
export class GroupKeys {
  readonly #columns: FieldColumns
  readonly #fields: readonly number[]
  readonly #table: KeyTable
  /** Where keys are: the only field, or a column for the joined ones. */
  readonly #key: number

  /** `fields` are columns. */
  constructor(columns: FieldColumns, fields: readonly number[]) {
    this.#columns = columns
    this.#fields = fields
    this.#table = columns.keyTable()
    const [only] = fields
    this.#key = fields.length === 1 && only !== undefined ? only : columns.addColumn()
  }

  /** Groups so far. */
  get size(): number {
    return this.#table.size
  }

  /** The key of a group as text. */
  key(group: number): string {
    return this.#table.key(group)
  }

  /** The groups of some rows, by position in the list; good until the next call. A missing field counts as an empty value. */
  of(rows: RowList): Int32Array {
    if (this.#fields.length !== 1) this.#join(rows)
    this.#table.number(this.#key, rows)
    return this.#table.numbers
  }

  /** Forgets all groups. */
  clear(): void {
    this.#table.clear()
  }

  #join(list: RowList): void {
    const columns = this.#columns
    let at = columns.reserve(this.#joinedSize(list))
    const { bytes } = columns
    const fields = this.#fields.map(field => ({ starts: columns.starts(field), ends: columns.ends(field) }))
    const [keyStarts, keyEnds] = [columns.starts(this.#key), columns.ends(this.#key)]
    const { rows, count } = list
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number
      keyStarts[row] = at
      for (const { starts, ends } of fields) {
        if (starts[row] !== -1)
          for (let from = starts[row] as number; from < (ends[row] as number);) bytes[at++] = bytes[from++] as number
        bytes[at++] = COMMA
      }
      if (fields.length > 0) at--
      keyEnds[row] = at
    }
  }

  #joinedSize({ rows, count }: RowList): number {
    let size = count * this.#fields.length
    for (const field of this.#fields) {
      const [starts, ends] = [this.#columns.starts(field), this.#columns.ends(field)]
      for (let i = 0; i < count; i++) {
        const row = rows[i] as number
        if (starts[row] !== -1) size += (ends[row] as number) - (starts[row] as number)
      }
    }
    return size
  }
}
