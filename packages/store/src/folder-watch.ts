import { watch, type FSWatcher } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

/**
 * Says which folders may have changed. `fs.watch` gives the speed, the poll the certainty: a missed or impossible
 * watch costs at most one poll interval.
 */
export class FolderWatch {
  readonly #watchers = new Map<string, FSWatcher>()
  readonly #changed = new Set<string>()
  readonly #pollMs: number
  #wake: (() => void) | undefined

  constructor(pollMs: number) {
    this.#pollMs = pollMs
  }

  /** Starts to watch; known folders are not watched twice. */
  add(folder: string): void {
    if (this.#watchers.has(folder)) return
    try {
      const watcher = watch(folder, () => {
        this.#changed.add(folder)
        this.#wake?.()
      })
      watcher.on('error', () => this.#forget(folder)) // removed, or out of watches: the poll still sees it
      this.#watchers.set(folder, watcher)
    } catch {
      // The poll still sees it.
    }
  }

  /** The folders that changed since the last call, `undefined` for "look at all", after one poll interval at most. */
  async changed(signal: AbortSignal | undefined): Promise<ReadonlySet<string> | undefined> {
    signal?.throwIfAborted()
    if (this.#changed.size === 0) await this.#wait(signal)
    const changed = new Set(this.#changed)
    this.#changed.clear()
    return changed.size === 0 ? undefined : changed
  }

  close(): void {
    for (const folder of [...this.#watchers.keys()]) this.#forget(folder)
  }

  async #wait(signal: AbortSignal | undefined): Promise<void> {
    const stop = new AbortController()
    const poll = delay(this.#pollMs, undefined, { signal: stop.signal }).catch(() => {})
    const abort = (): void => stop.abort()
    this.#wake = abort
    signal?.addEventListener('abort', abort, { once: true })
    await poll
    this.#wake = undefined
    signal?.removeEventListener('abort', abort)
    signal?.throwIfAborted()
  }

  #forget(folder: string): void {
    this.#watchers.get(folder)?.close()
    this.#watchers.delete(folder)
  }
}
