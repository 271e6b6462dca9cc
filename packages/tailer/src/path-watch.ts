import { realpath } from 'node:fs/promises'
import type { DirectoryWatch, WatchListener } from './watch.ts'

/** Hears of one path, and of what it links to: growth is told where the file lies, not where a link to it lies. */
export class PathWatch {
  readonly #path: string
  readonly #watch: DirectoryWatch
  readonly #listener: WatchListener
  readonly #ends: (() => void)[]
  #target: string | undefined

  constructor(path: string, watch: DirectoryWatch, listener: WatchListener) {
    this.#path = path
    this.#watch = watch
    this.#listener = listener
    this.#ends = [watch.add(path, listener)]
  }

  /** Hears of the target of `openedPath` from now on, and of no earlier one. */
  async retarget(openedPath: string): Promise<void> {
    const target = await realpath(openedPath).catch(() => openedPath) // moved on already
    if (target === this.#target || target === this.#path) return
    this.#target = target
    for (const end of this.#ends.splice(1)) end()
    this.#ends.push(this.#watch.add(target, this.#listener))
  }

  close(): void {
    for (const end of this.#ends.splice(0)) end()
  }
}
