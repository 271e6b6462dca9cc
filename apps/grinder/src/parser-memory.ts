import { eachLine, lineAt, lineBatch, type LineBatch, type Source } from '@logflow/core'
import type { LogFormatName } from '@logflow/record'

/**
 * Some formats read a line by what came before: CSV by its first line, the kernel log by the last line that ties its
 * clock to the wall. Those few lines are kept as text, one byte a character, so that grinding can stop and go on
 * anywhere and still read everything the same way.
 */
export type ParserMemory = readonly string[]

/** Whether lines of this format depend on earlier ones. */
export function needsMemory(format: LogFormatName): boolean {
  return format === 'csv' || format === 'kmsg'
}

/** The remembered lines as a batch, to be parsed before the next ones. */
export function memoryBatch(memory: ParserMemory, source: Source): LineBatch {
  return lineBatch({ source, bytes: new Uint8Array(Buffer.from(memory.join(''), 'latin1')) })
}

/** What to remember after `batch`. */
export function rememberLines(format: LogFormatName, memory: ParserMemory, batch: LineBatch): ParserMemory {
  if (batch.ends.length === 0) return memory
  if (format === 'csv') return memory.length > 0 ? memory : [lineText(lineAt(batch, 0))]
  return rememberClock(memory, batch)
}

const KERNEL_LINE = /^<\d{1,4}>\[ *(\d{1,15}\.\d{6})\] (.*?)\r?\n$/s
const CLOCK_LINE = /^T: \S.*? \d{9,11}(?:\.\d{3})? \d\d\/\d\d (?:\d\d:\d\d:\d\d )?ntp=([01])$/
/** Stamps within one boot may be this much out of order; see the kmsg format of @logflow/record. */
const BOOT_TOLERANCE_SECONDS = 1

/** The last trusted reading of both clocks in this boot, else the last reading, and the last line. */
function rememberClock(memory: ParserMemory, batch: LineBatch): ParserMemory {
  let [sync, last] = memory.length === 2 ? memory : [undefined, memory[0]]
  for (const line of eachLine(batch)) {
    const text = lineText(line)
    const match = KERNEL_LINE.exec(text)
    if (!match) continue
    if (last !== undefined && Number(match[1]) < uptimeOf(last) - BOOT_TOLERANCE_SECONDS) sync = undefined
    const clock = CLOCK_LINE.exec(match[2] as string)
    if (clock && (clock[1] === '1' || !sync?.trimEnd().endsWith('ntp=1'))) sync = text
    last = text
  }
  return [sync, last].filter(line => line !== undefined)
}

function uptimeOf(line: string): number {
  return Number(KERNEL_LINE.exec(line)?.[1])
}

function lineText(line: Uint8Array): string {
  const text = Buffer.from(line).toString('latin1')
  return text.endsWith('\n') ? text : `${text}\n`
}
