import type { CheckpointEntry } from './checkpoint-log.ts'
import { PackedTexts } from '../resting/packed-texts.ts'
import { wordsOf } from '../resting/words.ts'

/** Sources of one path that are kept: more than are ever told apart, or searched for, when it is followed again. */
const MAX_OF_PATH = 32
/** What was read to its end is known for so long: 30 days. */
const COMPLETE_MS = 30 * 86_400_000

/**
 * What a checkpoint knows of every source, by id and by path, in the order of their last acknowledgement. Packed: of
 * tens of thousands few are ever asked for.
 */
export class CheckpointEntries {
  /** By id, grouped by path. */
  readonly #all = new PackedTexts({ grouped: true })
  /** Sources that were completed since they were acknowledged, and since when they are rotated away, ms since 1970. */
  readonly #completed = new Map<string, number | undefined>()

  /** Of `entries` those are left out that were complete long before `nowMs`, ms since 1970. */
  constructor(entries: Iterable<CheckpointEntry>, nowMs: number) {
    for (const entry of entries) if (!entry.complete || nowMs - entry.atMs < COMPLETE_MS) this.setLast(entry)
  }

  get(sourceId: string): CheckpointEntry | undefined {
    const text = this.#all.get(sourceId)
    return text === undefined ? undefined : this.#unpack(sourceId, text, this.#all.groupOf(sourceId) as string)
  }

  /** How many there are. */
  get size(): number {
    return this.#all.size
  }

  /** The ids of all of them. */
  ids(): Generator<string, void, undefined> {
    return this.#all.keys()
  }

  *values(): Generator<CheckpointEntry, void, undefined> {
    for (const [sourceId, text, path] of this.#all.entries()) yield this.#unpack(sourceId, text, path)
  }

  /** What they take, about. */
  get bytes(): number {
    return this.#all.bytes
  }

  /** Whether there are any of a path. */
  knows(path: string): boolean {
    return this.#all.hasGroup(path)
  }

  /** Those of one path. */
  of(host: string, path: string): CheckpointEntry[] {
    const entries = this.#all.keysOf(path).flatMap(id => this.get(id) ?? [])
    return entries.filter(entry => entry.host === host)
  }

  /** An entry that was acknowledged just now. Gives the source that is forgotten for it, when its path has had many. */
  setLast(entry: CheckpointEntry): string | undefined {
    const { sourceId, path } = entry
    this.#completed.delete(sourceId)
    this.#all.set(sourceId, pack(entry), path)
    const ids = this.#all.keysOf(path)
    const oldest = ids.length > MAX_OF_PATH ? ids[0] : undefined
    if (oldest !== undefined) this.delete(oldest)
    return oldest
  }

  /** It was read to its end; its place in the order is what it was. `rotatedMs` as in {@link CheckpointEntry}. */
  complete(sourceId: string, rotatedMs?: number): void {
    if (this.#all.has(sourceId)) this.#completed.set(sourceId, rotatedMs)
  }

  delete(sourceId: string): void {
    this.#completed.delete(sourceId)
    this.#all.delete(sourceId)
  }

  #unpack(sourceId: string, text: string, path: string): CheckpointEntry {
    const entry = { sourceId, path, ...unpack(text) }
    if (!this.#completed.has(sourceId)) return entry
    return { ...entry, complete: true, rotatedMs: this.#completed.get(sourceId) }
  }
}

/** Numbers, then texts, whose lengths are the last of these. */
function pack(entry: CheckpointEntry): string {
  const { host, offset, tailHash, atMs, beside = '', complete, rotatedMs = 0 } = entry
  const numbers = [offset, atMs, complete ? 1 : 0, rotatedMs, host.length, tailHash.length]
  return `${numbers.join(' ')} ${host}${tailHash}${beside}`
}

const NUMBERS = 6

function unpack(text: string): Omit<CheckpointEntry, 'sourceId' | 'path'> {
  const { words, rest } = wordsOf(text, NUMBERS)
  const hashAt = Number(words[4])
  const besideAt = hashAt + Number(words[5])
  return {
    host: rest.slice(0, hashAt),
    offset: Number(words[0]),
    tailHash: rest.slice(hashAt, besideAt),
    atMs: Number(words[1]),
    beside: rest.slice(besideAt) || undefined,
    complete: words[2] === '1' || undefined,
    rotatedMs: Number(words[3]) || undefined,
  }
}
