import type { Source } from '@logflow/core'
import type { Aggregator } from '@logflow/query'
import type { WholeFileRules } from './copy-file.ts'
import type { ByteSource } from './byte-source.ts'
import { readWholeLines, textBytesFor } from './whole-lines.ts'

/** All lines of the file into a query that chooses lines itself. */
export function queryFile(
  file: ByteSource,
  aggregator: Aggregator,
  source: Source,
  rules: WholeFileRules,
): Promise<void> {
  const text = Buffer.allocUnsafeSlow(textBytesFor(rules.maxLineBytes))
  const take = (from: number, to: number): void => aggregator.add({ source, bytes: text.subarray(from, to) })
  return readWholeLines(file, { text, take }, rules)
}
