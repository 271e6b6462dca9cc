import type { Source } from '@logflow/core'
import { RE2JS } from 're2js'
import { RecordError } from './errors.ts'
import { MAX_OPEN_RECORDS, MAX_RECORD_CHARS, MAX_RECORD_LINES } from './limits.ts'
import type { LogRecord } from './log-record.ts'

/** Options of {@link RecordAssembler}. */
export interface RecordAssemblerOptions {
  /**
   * What makes a line go on with the record before it: `'indent'`: it starts with a blank or a tab; a pattern (RE2
   * syntax): it does not match, because the pattern matches what starts a record. @defaultValue 'indent'
   */
  readonly continues?: 'indent' | { readonly unless: string } | undefined
  /** Lines of one record at most; the next line then starts a new one. @defaultValue 1000 */
  readonly maxLines?: number | undefined
  /** Characters of one record at most, likewise. @defaultValue 262144 */
  readonly maxChars?: number | undefined
}

interface OpenRecord {
  readonly first: LogRecord
  text: string
  lines: number
  endOffset: number
  /** The last piece said that its line goes on. */
  partial: boolean
}

/**
 * Joins records that are one entry: stack traces and other continued lines, and the pieces that container runtimes cut
 * long lines into. Records of one source come in order; sources, and the `stream` field within one, are kept apart. The
 * last record of each stays open until the next one shows that it is whole: call `flush` when nothing came for a while.
 */
export class RecordAssembler {
  readonly #continues: (text: string) => boolean
  readonly #maxLines: number
  readonly #maxChars: number
  readonly #open = new Map<string, OpenRecord>()

  /** @throws RecordError `LF_RECORD_RULE_INVALID` when the pattern does not compile */
  constructor({
    continues = 'indent',
    maxLines = MAX_RECORD_LINES,
    maxChars = MAX_RECORD_CHARS,
  }: RecordAssemblerOptions = {}) {
    this.#continues = continues === 'indent' ? isIndented : startsOtherwise(continues.unless)
    this.#maxLines = maxLines
    this.#maxChars = maxChars
  }

  /** Records held open. */
  get openRecords(): number {
    return this.#open.size
  }

  /** Takes records in order; returns those that are whole now. */
  push(records: readonly LogRecord[]): LogRecord[] {
    const whole: LogRecord[] = []
    for (const record of records) {
      const key = `${record.source.id}\0${record.fields.get('stream') ?? ''}`
      const open = this.#open.get(key)
      if (open && this.#joins(open, record)) continue
      // Deleting first moves the key to the end, so the first key is the one that is quiet for longest.
      if (open) this.#close(key, open, whole)
      this.#open.set(key, opened(record))
      if (this.#open.size > MAX_OPEN_RECORDS) this.#closeOldest(whole)
    }
    return whole
  }

  /** Gives up what is held open, of one source or of all: it ended, or nothing came for a while. */
  flush(source?: Source): LogRecord[] {
    const whole: LogRecord[] = []
    for (const [key, open] of this.#open) {
      if (source === undefined || open.first.source.id === source.id) this.#close(key, open, whole)
    }
    return whole
  }

  #joins(open: OpenRecord, record: LogRecord): boolean {
    if (!open.partial && !this.#continues(record.text)) return false
    if (open.text.length + record.text.length >= this.#maxChars) return false
    if (!open.partial && open.lines >= this.#maxLines) return false
    open.text += open.partial ? record.text : `\n${record.text}`
    if (!open.partial) open.lines++
    open.endOffset = record.endOffset
    open.partial = record.partial === true
    return true
  }

  #closeOldest(whole: LogRecord[]): void {
    for (const [key, open] of this.#open) {
      this.#close(key, open, whole)
      return
    }
  }

  #close(key: string, { first, text, endOffset, partial }: OpenRecord, whole: LogRecord[]): void {
    this.#open.delete(key)
    whole.push({ ...first, fields: first.fields, text, endOffset, partial: partial || undefined })
  }
}

function opened(first: LogRecord): OpenRecord {
  return { first, text: first.text, lines: 1, endOffset: first.endOffset, partial: first.partial === true }
}

function isIndented(text: string): boolean {
  return text.startsWith(' ') || text.startsWith('\t')
}

function startsOtherwise(pattern: string): (text: string) => boolean {
  let start: RE2JS
  try {
    start = RE2JS.compile(pattern)
  } catch (cause) {
    throw new RecordError('LF_RECORD_RULE_INVALID', `start pattern does not compile: ${(cause as Error).message}`, {
      cause,
      detail: { key: 'unless' },
    })
  }
  return text => !start.test(text.slice(0, 4096))
}
