import type { CheckpointEntry } from './checkpoint-log.ts'

/** What a checkpoint knows of every source, by id and by path, in the order of their last acknowledgement. */
export class CheckpointEntries {
  readonly #all = new Map<string, CheckpointEntry>()
  /** Ids of the sources of each path: of thousands of paths most have one. */
  readonly #idsOf = new Map<string, string[]>()

  constructor(entries: Iterable<CheckpointEntry>) {
    for (const entry of entries) this.setLast(entry)
  }

  get(sourceId: string): CheckpointEntry | undefined {
    return this.#all.get(sourceId)
  }

  values(): CheckpointEntry[] {
    return [...this.#all.values()]
  }

  /** Those of one path. */
  of(host: string, path: string): CheckpointEntry[] {
    const entries = (this.#idsOf.get(path) ?? []).flatMap(id => this.#all.get(id) ?? [])
    return entries.filter(entry => entry.host === host)
  }

  /** An entry that was acknowledged just now. */
  setLast(entry: CheckpointEntry): void {
    const { sourceId, path } = entry
    if (this.#idsOf.get(path)?.at(-1) !== sourceId) {
      this.#leavePath(sourceId)
      const ids = this.#idsOf.get(path)
      if (ids) ids.push(sourceId)
      else this.#idsOf.set(path, [sourceId])
    }
    this.#all.delete(sourceId)
    this.#all.set(sourceId, entry)
  }

  /** The same source and path as before, at its place in the order. */
  replace(entry: CheckpointEntry): void {
    this.#all.set(entry.sourceId, entry)
  }

  delete(sourceId: string): void {
    this.#leavePath(sourceId)
    this.#all.delete(sourceId)
  }

  #leavePath(sourceId: string): void {
    const { path = '' } = this.#all.get(sourceId) ?? {}
    const ids = this.#idsOf.get(path) ?? []
    // Whoever is acknowledged beside others is among the last.
    const at = ids.lastIndexOf(sourceId)
    if (at !== -1) ids.splice(at, 1)
    if (ids.length === 0) this.#idsOf.delete(path)
  }
}
