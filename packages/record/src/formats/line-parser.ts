import type { LineBatch } from '@logflow/core'
import type { ParsedLine } from '../log-record.ts'
import type { TimestampOptions } from '../timestamp.ts'
import type { BatchText } from '../text.ts'

/** What every format's parser gets. */
export type LineParserOptions = TimestampOptions

/** Reads lines of one format. May remember things about sources; `begin` is called before the lines of each batch. */
export interface LineParser {
  begin?(batch: LineBatch, text: BatchText): void
  /** A line without its line end; `undefined` when it is not of the format. */
  parse(line: string): ParsedLine | undefined
}

/** No fields, shared: most lines of plain text have none. */
export const noFields: ReadonlyMap<string, string> = new Map()
