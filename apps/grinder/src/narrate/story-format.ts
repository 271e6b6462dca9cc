import { isUtf8 } from 'node:buffer'
import { safeText, type Output } from '@logflow/cli'
import type { StoryItem } from './story.ts'

/** How a story is written. */
export type StoryFormat = (item: StoryItem) => Uint8Array | string

/** The format for an output: JSON lines, or text that is made safe where it goes to a terminal. */
export function storyFormat(json: boolean, stdout: Pick<Output, 'isTerminal' | 'colors'>): StoryFormat {
  if (json) return formatJson
  return item => formatText(item, stdout)
}

/** `2026-11-21T04:00:00.000Z device /path: line`; the line's bytes are untouched unless a person looks at them. */
function formatText(
  item: StoryItem,
  { isTerminal, colors }: Pick<Output, 'isTerminal' | 'colors'>,
): Uint8Array | string {
  const { device, source, line, gap } = item
  const [dim, off] = colors ? ['\u001b[2m', '\u001b[0m'] : ['', '']
  const head = `${dim}${isoTime(item)} ${safeText(`${device} ${source.path}`)}:${off} `
  if (line === undefined) return `${head}--- ${gap ?? ''} ---\n`
  if (isTerminal) return `${head}${safeText(line)}\n`
  return Buffer.concat([Buffer.from(head), line, Buffer.from('\n')])
}

/** One object per line. A line that is not UTF-8 is there as base64 too, because as text it cannot be whole. */
function formatJson(item: StoryItem): string {
  const { device, source, timeMs, receivedAtMs, offset, line, gap } = item
  const { host, path } = source
  const facts = { time: isoTime(item), timeMs, receivedAtMs, device, host, path, offset }
  if (line === undefined) return `${JSON.stringify({ ...facts, gap })}\n`
  const text = Buffer.from(line).toString()
  const base64 = isUtf8(line) ? undefined : Buffer.from(line).toString('base64')
  return `${JSON.stringify({ ...facts, text, base64 })}\n`
}

function isoTime({ timeMs }: StoryItem): string {
  const date = new Date(timeMs)
  return Number.isNaN(date.getTime()) ? 'unknown time' : date.toISOString()
}
