import { uptime } from 'node:os'
import {
  lineBatch,
  LogflowError,
  systemClock,
  type Clock,
  type Delivery,
  type LineBatch,
  type Logger,
  type Source,
} from '@logflow/core'
import { formatKmsgLine, parseKmsgRecord, unescapeKmsg } from '@logflow/protocol'
import type { KmsgRecords } from './kmsg-device.ts'
import type { KmsgPosition } from './kmsg-position.ts'

const BATCH_BYTES = 256 * 1024
const POLL_MS = 100

/** Options of {@link readKmsg}. */
export interface KmsgOptions {
  readonly host: string
  readonly bootId: string
  /** Where an earlier run stopped; another boot's is not used. */
  readonly from: KmsgPosition | undefined
  /** Changes a record before it becomes a line. */
  readonly rewrite?: ((record: Uint8Array) => Uint8Array) | undefined
  /** End when everything that is there now was read. @defaultValue false */
  readonly once?: boolean
  readonly signal: AbortSignal
  readonly clock?: Clock
  readonly logger: Logger
}

/**
 * The kernel log as lines `<PRIO>[seconds] text`, escapes undone, dictionary lines left out, as one source per boot.
 * Line numbers are the kernel's sequence numbers plus one. A jump in them is a gap whose length is the number of
 * records that were overwritten before they were read. Without `once` it ends with the signal's reason.
 * `records` is closed at the end.
 *
 * @throws UploaderError `LF_UPLOADER_KMSG` when the log cannot be read
 */
export async function* readKmsg(records: KmsgRecords, options: KmsgOptions): AsyncGenerator<Delivery, void, undefined> {
  const { host, bootId, from, once = false, signal, clock = systemClock } = options
  const source: Source = { host, path: 'kmsg:', id: `kmsg.${bootId}` }
  const position = from?.bootId === bootId ? from : { bootId, sequence: -1, offset: 0 }
  const lines = new KmsgLines(source, position, options)
  try {
    const detail = { bootId, wallMs: clock.now(), uptimeMs: Math.round(uptime() * 1000) }
    yield { kind: 'event', source, event: 'opened', detail }
    for (;;) {
      signal.throwIfAborted()
      const more = lines.fill(records)
      yield* lines.take()
      if (more) continue
      if (once) return
      await clock.sleep(POLL_MS, { signal })
    }
  } finally {
    records.close()
  }
}

/** Records becoming batches: a run of sequences is one batch. */
class KmsgLines {
  readonly #source: Source
  readonly #options: KmsgOptions
  #expected: number
  #offset: number
  #ready: Delivery[] = []
  #parts: Uint8Array[] = []
  #bytes = 0
  #firstLine = 0

  constructor(source: Source, { sequence, offset }: KmsgPosition, options: KmsgOptions) {
    this.#source = source
    this.#expected = sequence
    this.#offset = offset
    this.#options = options
  }

  /** Reads until nothing is there (false) or a batch is full (true). */
  fill(records: KmsgRecords): boolean {
    while (this.#bytes < BATCH_BYTES) {
      const raw = records.read()
      if (raw === 'nothing') return false
      if (raw === 'skipped') this.#options.logger.warn({ event: 'kmsg.record-skipped', expected: this.#expected })
      else this.#add(this.#options.rewrite?.(raw) ?? raw)
    }
    return true
  }

  take(): Delivery[] {
    this.#flush()
    return this.#ready.splice(0)
  }

  #add(raw: Uint8Array): void {
    const record = parseOrKeep(raw)
    if (!record) {
      this.#flush()
      this.#push(raw.at(-1) === 10 ? raw : Buffer.concat([raw, Buffer.of(10)]), 0)
      this.#flush()
      return
    }
    const { sequence } = record
    if (sequence < this.#expected) return // an earlier run has spooled it
    if (this.#expected >= 0 && sequence > this.#expected) this.#miss(sequence - this.#expected)
    this.#expected = sequence + 1
    this.#push(formatKmsgLine({ ...record, text: unescapeKmsg(record.text) }), sequence + 1)
  }

  #push(line: Uint8Array, lineNumber: number): void {
    if (this.#parts.length === 0) this.#firstLine = lineNumber
    this.#parts.push(line)
    this.#bytes += line.length
  }

  #miss(count: number): void {
    this.#flush()
    this.#ready.push({
      kind: 'gap',
      source: this.#source,
      from: this.#offset,
      to: this.#offset + count,
      reason: 'missed',
    })
    this.#offset += count
  }

  #flush(): void {
    if (this.#parts.length === 0) return
    this.#ready.push(this.#batch())
    this.#offset += this.#bytes
    this.#parts = []
    this.#bytes = 0
  }

  #batch(): LineBatch {
    let end = 0
    return lineBatch({
      source: this.#source,
      bytes: new Uint8Array(Buffer.concat(this.#parts)),
      offset: this.#offset,
      firstLine: this.#firstLine,
      ends: Uint32Array.from(this.#parts, part => (end += part.length)),
    })
  }
}

function parseOrKeep(raw: Uint8Array): ReturnType<typeof parseKmsgRecord> | undefined {
  try {
    return parseKmsgRecord(raw)
  } catch (error) {
    if (LogflowError.is(error)) return undefined
    throw error
  }
}
