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
  readonly #all = new PackedTexts()
  /** Ids of the sources of each path: of thousands of paths most have one. */
  readonly #idsOf = new PackedTexts()
  /** Sources that were completed since they were acknowledged, and since when they are rotated away, ms since 1970. */
  readonly #completed = new Map<string, number | undefined>()

  /** Of `entries` those are left out that were complete long before `nowMs`, ms since 1970. */
  constructor(entries: Iterable<CheckpointEntry>, nowMs: number) {
    for (const entry of entries) if (!entry.complete || nowMs - entry.atMs < COMPLETE_MS) this.setLast(entry)
  }

  get(sourceId: string): CheckpointEntry | undefined {
    const text = this.#all.get(sourceId)
    return text === undefined ? undefined : this.#unpack(sourceId, text)
  }

  *values(): Generator<CheckpointEntry, void, undefined> {
    for (const [sourceId, text] of this.#all.entries()) yield this.#unpack(sourceId, text)
  }

  /** What they take, about. */
  get bytes(): number {
    return this.#all.bytes
  }

  /** Whether there are any of a path. */
  knows(path: string): boolean {
    return this.#idsOf.has(path)
  }

  /** Those of one path. */
  of(host: string, path: string): CheckpointEntry[] {
    const entries = this.#idsAt(path).flatMap(id => this.get(id) ?? [])
    return entries.filter(entry => entry.host === host)
  }

  /** An entry that was acknowledged just now. Gives the source that is forgotten for it, when its path has had many. */
  setLast(entry: CheckpointEntry): string | undefined {
    const { sourceId, path } = entry
    let oldest: string | undefined
    if (this.#idsAt(path).at(-1) !== sourceId) {
      this.#leavePath(sourceId)
      const ids = [...this.#idsAt(path), sourceId]
      if (ids.length > MAX_OF_PATH) oldest = ids[0]
      this.#setIds(path, ids)
    }
    this.#completed.delete(sourceId)
    this.#all.set(sourceId, pack(entry))
    if (oldest !== undefined) this.delete(oldest)
    return oldest
  }

  /** It was read to its end; its place in the order is what it was. `rotatedMs` as in {@link CheckpointEntry}. */
  complete(sourceId: string, rotatedMs?: number): void {
    if (this.#all.has(sourceId)) this.#completed.set(sourceId, rotatedMs)
  }

  delete(sourceId: string): void {
    this.#leavePath(sourceId)
    this.#completed.delete(sourceId)
    this.#all.delete(sourceId)
  }

  #unpack(sourceId: string, text: string): CheckpointEntry {
    const entry = unpack(sourceId, text)
    if (!this.#completed.has(sourceId)) return entry
    return { ...entry, complete: true, rotatedMs: this.#completed.get(sourceId) }
  }

  #leavePath(sourceId: string): void {
    const { path } = this.get(sourceId) ?? {}
    if (path === undefined) return
    const ids = this.#idsAt(path)
    // Whoever is acknowledged beside others is among the last.
    const at = ids.lastIndexOf(sourceId)
    if (at !== -1) ids.splice(at, 1)
    this.#setIds(path, ids)
  }

  #idsAt(path: string): string[] {
    const text = this.#idsOf.get(path)
    return text === undefined ? [] : (JSON.parse(text) as string[])
  }

  #setIds(path: string, ids: readonly string[]): void {
    if (ids.length === 0) this.#idsOf.delete(path)
    else this.#idsOf.set(path, JSON.stringify(ids))
  }
}

/** Numbers, then texts, whose lengths are the last of these. Without its id. */
function pack(entry: CheckpointEntry): string {
  const { host, path, offset, tailHash, atMs, beside = '', complete, rotatedMs = 0 } = entry
  const numbers = [offset, atMs, complete ? 1 : 0, rotatedMs, host.length, path.length, tailHash.length]
  return `${numbers.join(' ')} ${host}${path}${tailHash}${beside}`
}

const NUMBERS = 7

function unpack(sourceId: string, text: string): CheckpointEntry {
  const { words, rest } = wordsOf(text, NUMBERS)
  const pathAt = Number(words[4])
  const hashAt = pathAt + Number(words[5])
  const besideAt = hashAt + Number(words[6])
  return {
    sourceId,
    host: rest.slice(0, pathAt),
    path: rest.slice(pathAt, hashAt),
    offset: Number(words[0]),
    tailHash: rest.slice(hashAt, besideAt),
    atMs: Number(words[1]),
    beside: rest.slice(besideAt) || undefined,
    complete: words[2] === '1' || undefined,
    rotatedMs: Number(words[3]) || undefined,
  }
}
