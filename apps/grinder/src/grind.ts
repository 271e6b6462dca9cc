import {
  LogflowError,
  unknownDelivery,
  lineAt,
  type Delivery,
  type Gap,
  type LineBatch,
  type Source,
  type SourceEvent,
} from '@logflow/core'
import { DeliveryDecoder } from '@logflow/protocol'
import { EventWriter, type LogEvent, type LogRecord } from '@logflow/record'
import type { StoredEntry, StoredItem, StoreGap, StorePosition } from '@logflow/store'
import { MAX_LIVE_LINE_BYTES } from './limits.ts'
import { liveEvent, type LiveLine, type LiveSink } from './live-items.ts'
import type { RuleRunner } from './rules/rule-runner.ts'
import { SeenEntries } from './seen-entries.ts'
import { SeriesStore } from './series.ts'
import { SourceCatalog, type SourceFacts } from './source-catalog.ts'
import type { GrindCounters, GrindState } from './state/checkpoint.ts'

/** Options of {@link Grind}. */
export interface GrindOptions {
  readonly rules: RuleRunner
  /** Where an earlier run came to. */
  readonly saved?: GrindState | undefined
  readonly live?: LiveSink | undefined
}

const noCounters: GrindCounters = {
  entries: 0,
  duplicateEntries: 0,
  lines: 0,
  bytes: 0,
  events: 0,
  keptEvents: 0,
  gaps: 0,
  lostBytes: 0,
  undecodableEntries: 0,
}

const byReason = ['reason']

/**
 * Stored items to events and series, without a clock and without waiting: the same items in the same order give the
 * same state and the same events, byte for byte, however often it was stopped and gone on in between.
 */
export class Grind {
  readonly series: SeriesStore
  readonly sources: SourceCatalog
  readonly #rules: RuleRunner
  readonly #live: LiveSink | undefined
  readonly #seen: SeenEntries
  readonly #positions: Map<string, StorePosition>
  readonly #counters: { -readonly [K in keyof GrindCounters]: number }
  readonly #pending = new EventWriter()
  #items = 0

  constructor({ rules, saved, live }: GrindOptions) {
    this.#rules = rules
    this.#live = live
    this.series = new SeriesStore(saved?.series)
    this.sources = new SourceCatalog(saved?.sources)
    this.#seen = new SeenEntries(saved?.sequences)
    this.#positions = new Map(Object.entries(saved?.positions ?? {}))
    this.#counters = { ...noCounters, ...saved?.counters }
  }

  /** Encoded events that wait for {@link takeEvents}. */
  get pendingBytes(): number {
    return this.#pending.length
  }
  get counters(): GrindCounters {
    return this.#counters
  }

  /** Where to go on. */
  positions(): GrindState['positions'] {
    return Object.fromEntries(this.#positions)
  }

  /** Items ground so far by this object. */
  get items(): number {
    return this.#items
  }

  /** Grinds one item. */
  add(item: StoredItem): void {
    if (item.kind === 'entry') this.#addEntry(item)
    else this.#addStoreGap(item)
    this.#positions.set(item.stream, item.next)
    this.#items++
  }

  /** Hands over the encoded events since the last call. */
  takeEvents(): Uint8Array {
    return this.#pending.take()
  }

  /** Everything that has to be remembered now, together with the events taken so far. */
  state(): GrindState {
    return {
      positions: this.positions(),
      sequences: this.#seen.save(),
      sources: this.sources.list(),
      series: this.series.save(),
      counters: { ...this.#counters },
    }
  }

  #addEntry(entry: StoredEntry): void {
    this.#counters.entries++
    if (!this.#seen.add(entry.stream, entry.id)) {
      this.#counters.duplicateEntries++
      return
    }
    const { receivedAtMs } = entry
    const decoder = new DeliveryDecoder()
    decoder.push(entry.bytes)
    try {
      for (let item = decoder.read(); item; item = decoder.read()) this.#addDelivery(entry.stream, item, receivedAtMs)
      decoder.end()
    } catch (error) {
      if (!LogflowError.is(error)) throw error
      this.#counters.undecodableEntries++
      this.#addGap(entry.stream, undecodable(entry), { reason: 'undecodable', receivedAtMs })
    }
  }

  #addDelivery(device: string, item: Delivery, receivedAtMs: number): void {
    const facts = this.sources.enter(device, item.source)
    facts.lastReceivedAtMs = receivedAtMs
    switch (item.kind) {
      case 'lines':
        return this.#addLines(facts, item, receivedAtMs)
      case 'gap':
        facts.gaps++
        facts.lostBytes += item.to - item.from
        return this.#addGap(device, item, { reason: item.reason, receivedAtMs })
      case 'event':
        return this.#addSourceEvent(device, item, receivedAtMs)
      default:
        return unknownDelivery(item)
    }
  }

  #addLines(facts: SourceFacts, batch: LineBatch, receivedAtMs: number): void {
    const count = batch.ends.length
    facts.lines += count
    facts.bytes += batch.bytes.length
    this.#counters.lines += count
    this.#counters.bytes += batch.bytes.length
    const shown = spread(count, this.#live?.wantedLines(count) ?? 0)
    const indexes = union(this.#rules.candidateLines(batch), shown)
    const records = this.sources.parse(facts, batch, { indexes, receivedAtMs })
    if (shown.length > 0) this.#show(facts, batch, { shown, indexes, records, receivedAtMs })
    const { device } = facts
    for (const { event, keep, by } of this.#rules.apply(records, { labels: { device }, timeMs: receivedAtMs })) {
      // What strings share with the text of the batch ends here: encoded they are bytes, in series they are keys.
      this.#addEvent(event, { keep, by, receivedAtMs })
    }
  }

  #show(
    facts: SourceFacts,
    batch: LineBatch,
    {
      shown,
      indexes,
      records,
      receivedAtMs,
    }: {
      readonly shown: readonly number[]
      readonly indexes: readonly number[]
      readonly records: readonly LogRecord[]
      readonly receivedAtMs: number
    },
  ): void {
    const { device, host, path } = facts
    const groundAtMs = this.#live?.now() ?? 0
    const lines = shown.map((index): LiveLine => {
      const line = lineAt(batch, index)
      const length = line.at(-1) === 10 ? line.length - 1 : line.length
      const text = Buffer.from(line.subarray(0, Math.min(length, MAX_LIVE_LINE_BYTES))).toString()
      const timeMs = records[indexes.indexOf(index)]?.timeMs
      const cutBytes = Math.max(0, length - MAX_LIVE_LINE_BYTES)
      return { device, host, path, timeMs, receivedAtMs, groundAtMs, text, cutBytes }
    })
    this.#live?.addLines(lines)
  }

  #addGap(
    device: string,
    { source, from, to }: Pick<Gap, 'source' | 'from' | 'to'>,
    { reason, receivedAtMs }: { readonly reason: string; readonly receivedAtMs: number },
  ): void {
    this.#counters.gaps++
    this.#counters.lostBytes += to - from
    const event = {
      name: 'gap',
      labels: { reason, device },
      values: { from, to, bytes: to - from },
      source,
      offset: from,
    }
    this.#addEvent({ ...event, timeMs: receivedAtMs }, { keep: true, by: byReason, receivedAtMs })
  }

  /** The store itself lost something; nobody knows how much, or when it was received. */
  #addStoreGap({ stream, reason, position, next }: StoreGap): void {
    this.#counters.gaps++
    const values = { fromSegment: position.segment, from: position.offset, toSegment: next.segment, to: next.offset }
    const source = { host: '', path: 'store:', id: stream }
    const event: LogEvent = { name: 'gap', labels: { reason, device: stream }, values, source, offset: position.offset }
    this.#addEvent(event, { keep: true, by: byReason })
  }

  #addSourceEvent(device: string, { source, event: name, detail }: SourceEvent, receivedAtMs: number): void {
    if (name === 'opened' || name === 'ended') return
    const labels = { ...(detail === undefined ? {} : { detail: JSON.stringify(detail) }), device }
    const event = { name: `source.${name}`, labels, values: {}, source, offset: 0, timeMs: receivedAtMs }
    this.#addEvent(event, { keep: true, by: [], receivedAtMs })
  }

  #addEvent(
    event: LogEvent,
    {
      keep,
      by,
      receivedAtMs,
    }: { readonly keep: boolean; readonly by: readonly string[]; readonly receivedAtMs?: number },
  ): void {
    this.#counters.events++
    if (event.timeMs !== undefined) this.series.add(event, event.timeMs, by)
    if (!keep) return
    this.#counters.keptEvents++
    this.#pending.add(event)
    if (this.#live && receivedAtMs !== undefined)
      this.#live.addEvent(liveEvent(event, { receivedAtMs, groundAtMs: this.#live.now() }))
  }
}

function undecodable({ stream, bytes }: StoredEntry): { source: Source; from: number; to: number } {
  return { source: { host: '', path: 'store:', id: stream }, from: 0, to: bytes.length }
}

/** `wanted` of `count` indexes, evenly spread, the last one always among them. */
function spread(count: number, wanted: number): number[] {
  const some = Math.min(count, wanted)
  return Array.from({ length: some }, (_, index) => Math.floor(((index + 1) * count) / some) - 1)
}

/** Both lists, ascending and without doubles. */
function union(a: Uint32Array, b: readonly number[]): number[] {
  if (b.length === 0) return [...a]
  return [...new Set([...a, ...b])].sort((x, y) => x - y)
}
