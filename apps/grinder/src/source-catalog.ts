import { selectLines, type LineBatch, type Source } from '@logflow/core'
import {
  createRecordParser,
  detectFormat,
  type LogFormatName,
  type LogRecord,
  type RecordParser,
} from '@logflow/record'
import { MAX_FORMAT_TRIES, MAX_SOURCES } from './limits.ts'
import { memoryBatch, needsMemory, rememberLines, type ParserMemory } from './parser-memory.ts'

/** What is known about one path of one device, over all its generations. Plain JSON. */
export interface SourceFacts {
  readonly device: string
  readonly path: string
  host: string
  /** Id of the generation that was read last. */
  sourceId: string
  /** Not known while the lines look like plain text and few were seen. */
  format: LogFormatName | undefined
  formatTries: number
  memory: ParserMemory
  lines: number
  bytes: number
  gaps: number
  lostBytes: number
  lastReceivedAtMs: number
}

/** Stamps without a year are read near the time their lines were received; one parser serves this span. */
const REFERENCE_SPAN_MS = 30 * 24 * 3600 * 1000

/** Every source that was seen, the format of each, and the lines of each as records. */
export class SourceCatalog {
  readonly #sources = new Map<string, SourceFacts>()
  readonly #parsers = new Map<string, RecordParser>()

  constructor(saved: readonly SourceFacts[] = []) {
    for (const facts of saved) this.#sources.set(keyOf(facts.device, facts.path), { ...facts })
  }

  /** The facts of a source, made when it is new. */
  enter(device: string, source: Source): SourceFacts {
    const key = keyOf(device, source.path)
    const facts = this.#sources.get(key) ?? newFacts(device, source)
    this.#sources.delete(key)
    this.#sources.set(key, facts)
    if (this.#sources.size > MAX_SOURCES) {
      for (const oldest of this.#sources.keys()) {
        this.#sources.delete(oldest)
        break
      }
    }
    if (facts.sourceId !== source.id) Object.assign(facts, { sourceId: source.id, host: source.host, memory: [] })
    return facts
  }

  /** All facts as they are now, the source used last at the end. Copies: what is being saved must not change under way. */
  list(): readonly SourceFacts[] {
    return Array.from(this.#sources.values(), facts => ({ ...facts }))
  }

  /**
   * The records of the lines at `indexes`, ascending. Called once per batch and source in order, because some formats
   * read a line by what came before.
   */
  parse(
    facts: SourceFacts,
    batch: LineBatch,
    { indexes, receivedAtMs }: { readonly indexes: ArrayLike<number>; readonly receivedAtMs: number },
  ): readonly LogRecord[] {
    const format = facts.format ?? this.#findFormat(facts, batch)
    if (!needsMemory(format)) {
      if (indexes.length === 0) return []
      return this.#parser(format, receivedAtMs)(selectLines(batch, indexes))
    }
    const parser = createRecordParser(format)
    if (facts.memory.length > 0) parser(memoryBatch(facts.memory, batch.source))
    const records = parser(batch)
    facts.memory = rememberLines(format, facts.memory, batch)
    return Array.from(indexes, index => records[index] as LogRecord)
  }

  /** Plain text may be the banner of something else: it is tried again a few times. */
  #findFormat(facts: SourceFacts, batch: LineBatch): LogFormatName {
    const format = detectFormat(batch)
    facts.formatTries++
    if (format !== 'generic' || facts.formatTries >= MAX_FORMAT_TRIES) facts.format = format
    return format
  }

  #parser(format: LogFormatName, receivedAtMs: number): RecordParser {
    const span = Math.floor(receivedAtMs / REFERENCE_SPAN_MS)
    const key = `${format} ${span}`
    const existing = this.#parsers.get(key)
    if (existing) return existing
    const parser = createRecordParser(format, { referenceTimeMs: (span + 0.5) * REFERENCE_SPAN_MS })
    if (this.#parsers.size > 1000) this.#parsers.clear()
    this.#parsers.set(key, parser)
    return parser
  }
}

function keyOf(device: string, path: string): string {
  return JSON.stringify([device, path])
}

function newFacts(device: string, { path, host, id }: Source): SourceFacts {
  return {
    device,
    path,
    host,
    sourceId: id,
    format: undefined,
    formatTries: 0,
    memory: [],
    lines: 0,
    bytes: 0,
    gaps: 0,
    lostBytes: 0,
    lastReceivedAtMs: 0,
  }
}
