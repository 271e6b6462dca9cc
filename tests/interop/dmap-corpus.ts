import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { MapAnswer } from './dmap-answer.ts'
import type { MapCase } from './dmap-cases.ts'

const file = new URL('dmap-corpus.jsonl', import.meta.url)

/** A case, and what the Go fork answered. */
export type RecordedCase = MapCase & MapAnswer

/** What was recorded, one JSON object a line. */
export function readCorpus(): readonly RecordedCase[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  return lines.map(line => JSON.parse(line) as RecordedCase)
}

/** Replaces what was recorded. */
export function writeCorpus(cases: readonly MapCase[], answers: readonly MapAnswer[]): void {
  const lines = cases.map((asked, index) => JSON.stringify({ ...asked, ...answers[index] }))
  writeFileSync(file, `${lines.join('\n')}\n`)
}
