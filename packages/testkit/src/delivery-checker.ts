import type { Delivery, Gap, GapReason, LineBatch, Source } from '@logflow/core'
import type { ModelContent } from './model-content.ts'

/** What became of each byte of one content. */
interface Coverage {
  /** How often a byte was delivered since it may be delivered. */
  delivered: Uint8Array
  gapped: Uint8Array
  /** How far losses were told. */
  toldTo: number
  /** Bytes before this were acknowledged. */
  acknowledged: number
}

interface Reading {
  /** Inode and birth that the source's id tells. */
  readonly file: string
  /** The contents that this source may be, by what was delivered of it. */
  candidates: ModelContent[]
  /** Where the next delivery has to begin. */
  next: number | undefined
  /** Bytes before this were acknowledged. */
  acknowledged: number
  /** Whether it is clear which one it is. */
  assigned: boolean
  /** Ranges that wait until one candidate is left. */
  readonly waiting: { readonly kind: 'lines' | GapReason; readonly from: number; readonly to: number }[]
}

/** What the checker asks of the model. */
export interface CheckedWorld {
  readonly contents: readonly ModelContent[]
  /** Contents that can be reached by a path that the reader has to look at, or by a handle that it has. */
  readonly reachable: readonly ModelContent[]
  /** Contents whose last line may yet be written on: that of the path, or of every path that is followed. */
  readonly open: readonly ModelContent[]
}

/**
 * Holds deliveries against what was written. Says in words what is wrong:
 *
 * - bytes that nobody wrote at that offset, deliveries of a source that do not join, bytes delivered twice (after a
 *   crash: other bytes than those that were not acknowledged), bytes that were there before anybody followed;
 * - gaps over bytes that were delivered, that can still be read, or that nobody wrote;
 * - at rest: bytes that can be read and were not delivered;
 * - at the end: bytes that the reader was told of, that were neither delivered nor in a gap.
 */
export class DeliveryChecker {
  readonly #world: CheckedWorld
  readonly #readings = new Map<string, Reading>()
  readonly #coverage = new Map<ModelContent, Coverage>()
  #unacknowledged = new Map<string, { readonly source: Source; readonly offset: number }>()
  #deliveries = 0
  #repeated = 0
  #crashed = false

  constructor(world: CheckedWorld) {
    this.#world = world
  }

  /** How many deliveries came. */
  get deliveries(): number {
    return this.#deliveries
  }

  /** Bytes of short copies that came again after a crash, under a source of their own. */
  get repeated(): number {
    return this.#repeated
  }

  /** Takes what the reader delivered. @throws Error with what is wrong */
  deliver(item: Delivery): void {
    this.#deliveries++
    const { source } = item
    const reading = this.#reading(source.id)
    if (item.kind === 'event') {
      // After a crash a source goes on where it was acknowledged, and says so.
      if (item.event === 'opened') reading.next = Number(item.detail?.['offset'])
      return
    }
    const [from, to] = item.kind === 'gap' ? [item.from, item.to] : [item.offset, item.offset + item.bytes.length]
    const next = reading.next ?? from
    if (from !== next) fail(`${describe(item)} does not join: the source was at byte ${next}`)
    reading.next = to
    // Of a file that was truncated before anything of it was read, the next content is read under the same source.
    if (!reading.assigned && reading.waiting.length === 0) reading.candidates = this.#candidatesOf(source.id)
    reading.candidates = reading.candidates.filter(content => this.#isPossible(content, item))
    if (reading.candidates.length === 0) fail(`${describe(item)} is nothing that was written there`)
    reading.waiting.push({ kind: item.kind === 'gap' ? item.reason : 'lines', from, to })
    this.#assign(reading, false)
    this.#unacknowledged.set(source.id, { source, offset: to })
  }

  /** What was delivered since the last call; the consumer has dealt with it. */
  acknowledge(): { readonly source: Source; readonly offset: number }[] {
    const acknowledged = [...this.#unacknowledged.values()]
    this.#unacknowledged = new Map()
    for (const { source, offset } of acknowledged) {
      const reading = this.#reading(source.id)
      reading.acknowledged = Math.max(reading.acknowledged, offset)
      this.#assign(reading, false)
    }
    return acknowledged
  }

  /** The reader is gone: what was not acknowledged may come again, and what it was told is forgotten. */
  crash(): void {
    this.#crashed = true
    for (const reading of this.#readings.values()) this.#assign(reading, true)
    for (const { delivered, gapped, acknowledged } of this.#coverage.values()) {
      gapped.fill(0, acknowledged)
      for (let i = acknowledged; i < delivered.length; i++) if (delivered[i] === 1) delivered[i] = 2
    }
    for (const reading of this.#readings.values()) reading.next = undefined
    for (const content of this.#world.contents) content.forget()
    this.#unacknowledged = new Map()
  }

  /** The reader has nothing to do any more. `final`: for so long that no open line is waited for but that of the path. */
  atRest(final: boolean): void {
    for (const reading of this.#readings.values()) this.#assign(reading, true)
    for (const content of this.#world.reachable) {
      const open = !final || [content, content.origin].some(one => this.#world.open.includes(one))
      this.#needsAll(content.origin, open ? content.wholeLines : content.size, 'can be read and was not delivered')
    }
    if (!final) return
    for (const content of this.#world.contents) {
      const size = this.#world.open.includes(content) ? content.wholeLines : content.knownSize
      if (content.copyOf || size === 0 || this.#isToldWithEarlier(content)) continue
      this.#needsAll(content, size, 'was known, and is neither delivered nor in a gap')
    }
  }

  /** Of a file that was cut again before anything of it was read the loss is told once, up to the largest size seen. */
  #isToldWithEarlier(content: ModelContent): boolean {
    if (this.#coverageOf(content).delivered.some(isSet)) return false
    return this.#world.contents.some(other => {
      const earlier = other.number < content.number && this.#coverageOf(other).toldTo >= content.knownSize
      return earlier && other.inode === content.inode && other.birthNs === content.birthNs
    })
  }

  #needsAll(content: ModelContent, end: number, wrong: string): void {
    if (content.old || content.optional || content.first) return
    const { delivered, gapped } = this.#coverageOf(content)
    for (let i = content.hole; i < end; i++) {
      if (delivered[i] === 0 && gapped[i] === 0) fail(`byte ${i} of content ${content.number} ${wrong}`)
    }
  }

  #reading(id: string): Reading {
    let reading = this.#readings.get(id)
    if (!reading) {
      this.#readings.set(
        id,
        (reading = {
          file: fileOf(id),
          candidates: [],
          next: undefined,
          assigned: false,
          acknowledged: 0,
          waiting: [],
        }),
      )
    }
    return reading
  }

  /** Every content that a source may be, the likeliest first: those of the inode and birth in its id and those copied into it, of these the latest. */
  #candidatesOf(id: string): ModelContent[] {
    const contents = this.#world.contents
    const file = fileOf(id)
    const own = new Set(contents.filter(content => fileKeyOf(content) === file).map(({ origin }) => origin))
    const originals = contents.filter(content => !content.copyOf).reverse()
    return [...originals.filter(content => own.has(content)), ...originals.filter(content => !own.has(content))]
  }

  #isPossible(content: ModelContent, item: LineBatch | Gap): boolean {
    if (item.kind === 'gap') return item.to <= this.#largestSeen(content)
    const { offset, bytes } = item
    return Buffer.compare(content.bytes.subarray(offset, offset + bytes.length), bytes) === 0
  }

  /** A size that was seen before the file was cut twice may have been that of the content between. */
  #largestSeen({ inode, birthNs, number, size }: ModelContent): number {
    const later = this.#world.contents.filter(
      other => other.inode === inode && other.birthNs === birthNs && other.number > number,
    )
    return Math.max(size, ...later.map(other => other.seenSize))
  }

  /** Books what a source delivered, once it is clear of which content it is; `now`: on the likeliest one. */
  #assign(reading: Reading, now: boolean): void {
    const [only] = reading.candidates
    if (reading.assigned && only) this.#noteAcknowledged(only, reading)
    if (reading.waiting.length === 0 || (reading.candidates.length > 1 && !now)) return
    // Nothing but a loss is known of it: the earliest, as later ones may yet be read.
    const lost = reading.waiting.every(({ kind }) => kind !== 'lines' && kind !== 'missed')
    const { candidates: likeliest, file } = reading
    const candidates = lost
      ? likeliest.toSorted(
          (a, b) => Number(fileKeyOf(b) === file) - Number(fileKeyOf(a) === file) || a.number - b.number,
        )
      : likeliest
    const content =
      candidates.find(candidate => reading.waiting.every(range => this.#isFree(candidate, range))) ??
      reading.candidates[0]
    if (!content) return
    reading.candidates = [content]
    reading.assigned = true
    for (const range of reading.waiting.splice(0)) this.#book(content, range)
    this.#noteAcknowledged(content, reading)
  }

  #noteAcknowledged(content: ModelContent, { acknowledged }: Reading): void {
    const coverage = this.#coverageOf(content)
    coverage.acknowledged = Math.max(coverage.acknowledged, acknowledged)
  }

  #isFree(content: ModelContent, { kind, from, to }: Reading['waiting'][number]): boolean {
    if (content.old) return false
    const { delivered, gapped } = this.#coverageOf(content)
    const free = (counts: Uint8Array): boolean => counts.subarray(from, to).every(count => count !== 1)
    // A hole is there, all the same it cannot be delivered.
    if (kind === 'lines' || (kind === 'missed' && to <= content.hole)) return free(delivered)
    const known = content.seenSize > 0 && this.#largestSeen(content) >= to
    return known && !this.#isReadable(content, from) && free(delivered) && free(gapped)
  }

  #isReadable(content: ModelContent, at: number): boolean {
    return this.#world.reachable.some(other => other.origin === content && other.size > at)
  }

  #book(content: ModelContent, { kind, from, to }: Reading['waiting'][number]): void {
    const coverage = this.#coverageOf(content)
    const { delivered, gapped } = coverage
    if (content.old) fail(`content ${content.number} was there before anybody followed`)
    content.taken++
    if (kind !== 'lines') coverage.toldTo = Math.max(coverage.toldTo, to)
    for (let i = from; i < Math.min(to, content.size); i++) {
      if (kind === 'lines') {
        if (delivered[i] === 1 && this.#mayRepeat(content, to)) this.#repeated++
        else if (delivered[i] === 1) fail(`byte ${i} of content ${content.number} came twice`)
        if (gapped[i] === 1 && i >= content.hole)
          fail(`byte ${i} of content ${content.number} came after it was told to be lost`)
        delivered[i] = 1
      } else {
        if (delivered[i] === 1) fail(`byte ${i} of content ${content.number} is told to be lost, and was delivered`)
        if (i >= content.hole && this.#isReadable(content, i))
          fail(`byte ${i} of content ${content.number} is told to be lost, and is there`)
        gapped[i] = 1
      }
    }
  }

  /** After a crash nobody knows whether a copy that ends before the last acknowledged byte is one. */
  #mayRepeat(content: ModelContent, to: number): boolean {
    const copies = this.#world.contents.filter(copy => copy.copyOf === content)
    return this.#crashed && copies.some(copy => copy.size >= to && copy.size < this.#coverageOf(content).acknowledged)
  }

  #coverageOf(content: ModelContent): Coverage {
    let coverage = this.#coverage.get(content)
    if (!coverage) {
      const none = new Uint8Array(0)
      this.#coverage.set(content, (coverage = { delivered: none, gapped: none, toldTo: 0, acknowledged: 0 }))
    }
    if (coverage.delivered.length < content.size) {
      coverage.delivered = grown(coverage.delivered, content.size * 2)
      coverage.gapped = grown(coverage.gapped, content.size * 2)
    }
    return coverage
  }
}

function grown(bytes: Uint8Array, size: number): Uint8Array {
  const more = new Uint8Array(size)
  more.set(bytes)
  return more
}

function isSet(count: number): boolean {
  return count > 0
}

/** Inode and birth, as a source id has them. */
function fileOf(id: string): string {
  return id.split(':').slice(2, 4).join(':')
}

function fileKeyOf({ inode, birthNs }: ModelContent): string {
  return `${inode.toString(16)}:${birthNs.toString(36)}`
}

function describe(item: LineBatch | Gap): string {
  if (item.kind === 'gap') return `the gap ${item.from}-${item.to} (${item.reason})`
  return `${JSON.stringify(Buffer.from(item.bytes).toString('latin1').slice(0, 40))} at byte ${item.offset}`
}

function fail(message: string): never {
  throw new Error(message)
}
