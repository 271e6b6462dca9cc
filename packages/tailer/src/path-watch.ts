import type { FileSystem } from './file-system.ts'
import type { DirectoryWatch, WatchListener } from './watch.ts'

/** Hears of one path, and of what it links to: growth is told where the file lies, not where a link to it lies. */
export class PathWatch {
  readonly #path: string
  readonly #watch: DirectoryWatch
  readonly #listener: WatchListener
  readonly #fileSystem: FileSystem
  readonly #ends: (() => void)[]
  #target: string | undefined

  constructor(path: string, watch: DirectoryWatch, fileSystem: FileSystem, listener: WatchListener) {
    this.#path = path
    this.#watch = watch
    this.#listener = listener
    this.#fileSystem = fileSystem
    this.#ends = [watch.add(path, listener)]
  }

  /** Hears of the target of `openedPath` from now on, and of no earlier one. */
  async retarget(openedPath: string): Promise<void> {
    const target = await this.#fileSystem.realpath(openedPath).catch(() => openedPath) // moved on already
    if (target === this.#target || target === this.#path) return
    this.#target = target
    for (const end of this.#ends.splice(1)) end()
    this.#ends.push(this.#watch.add(target, this.#listener))
  }

  close(): void {
    for (const end of this.#ends.splice(0)) end()
  }
}
