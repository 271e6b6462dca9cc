import { lineCount, type LineBatch } from '@logflow/core'
import { createLineParser, type LogFormatName } from './log-format.ts'
import { contentEnd } from './record-parser.ts'
import { BatchText } from './text.ts'

/** From the most particular to the most general: docker's lines are JSON too, and much is logfmt by accident. */
const candidates: readonly LogFormatName[] = [
  'docker-json',
  'json',
  'cri',
  'kmsg',
  'syslog5424',
  'default',
  'clf',
  'syslog3164',
  'logfmt',
]

const SAMPLE_LINES = 64
/** Of ten sample lines, eight must be of the format: banners and stack traces are allowed for. */
const NEEDED_SHARE = 0.8

/**
 * The format that most lines of the batch have, judged by the first lines that are not empty: the most particular one
 * that reads at least four in five. CSV is told by two or more lines with the same number of commas. `generic` when
 * nothing fits.
 */
export function detectFormat(batch: LineBatch): LogFormatName {
  const lines = sampleLines(batch)
  const isEnough = (count: number): boolean => count >= lines.length * NEEDED_SHARE
  if (lines.length === 0) return 'generic'
  if (isEnough(lines.filter(isPiped).length)) return 'generickv'
  for (const format of candidates) {
    const parser = createLineParser(format, {})
    if (isEnough(lines.filter(line => parser.parse(line) !== undefined).length)) return format
  }
  return isCsv(lines) ? 'csv' : 'generic'
}

function sampleLines(batch: LineBatch): string[] {
  const lines: string[] = []
  const count = Math.min(lineCount(batch), SAMPLE_LINES)
  const text = new BatchText(batch.bytes.subarray(0, count === 0 ? 0 : batch.ends[count - 1]))
  for (let index = 0, start = 0; index < count; index++) {
    const end = batch.ends[index] as number
    const line = text.slice(start, contentEnd(batch.bytes, start, end))
    if (line.trim() !== '') lines.push(line)
    start = end
  }
  return lines
}

function isCsv(lines: readonly string[]): boolean {
  const commas = lines.map(line => line.split(',').length - 1)
  return lines.length >= 2 && (commas[0] as number) > 0 && commas.every(count => count === commas[0])
}

/** Begins with two pairs of generickv, which logfmt would read too. */
function isPiped(line: string): boolean {
  return /^[\w$.-]+=[^|]*\|[\w$.-]+=/.test(line)
}
