import { basename, dirname } from 'node:path'
import type { FileSystem } from './file-system.ts'
import { nodeFileSystem } from './node-file-system.ts'

/** Told that something about a path may have changed; `renamed` when the name itself may have. */
export type WatchListener = (renamed: boolean) => void
/** As {@link WatchListener}, of any name in a directory; `null` when the system does not say which. */
export type NamesListener = (renamed: boolean, name: string | null) => void

interface WatchedDirectory {
  watcher: { close(): void } | undefined
  /** Inode of what is watched; the system does not say when another directory takes the name. */
  inode: number | undefined
  /** Whether the failure was told. */
  failed: boolean
  readonly names: Map<string, Set<WatchListener>>
  /** Told about every name. */
  readonly all: Set<NamesListener>
}

/**
 * Hears of changes to paths through one `fs.watch` per directory. Says nothing about content, may say too much and,
 * when the system's queue overflows, too little: whoever uses it also looks by itself now and then.
 */
export class DirectoryWatch {
  readonly #directories = new Map<string, WatchedDirectory>()
  readonly #onFailure: (directory: string, error: unknown) => void
  readonly #enabled: boolean
  readonly #fileSystem: FileSystem

  /** `onFailure` is told once for every directory that cannot be watched (missing, out of watches): poll it. */
  constructor(
    onFailure: (directory: string, error: unknown) => void,
    { enabled = true, fileSystem = nodeFileSystem }: { enabled?: boolean; fileSystem?: FileSystem } = {},
  ) {
    this.#onFailure = onFailure
    this.#fileSystem = fileSystem
    this.#enabled = enabled
  }

  /** Listens for one path. The returned function stops it. */
  add(path: string, listener: WatchListener): () => void {
    const name = basename(path)
    const directory = this.#directory(dirname(path))
    const listeners = directory.names.get(name) ?? new Set<WatchListener>()
    directory.names.set(name, listeners.add(listener))
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0) directory.names.delete(name)
      this.#release(dirname(path), directory)
    }
  }

  /** Listens for every name in a directory. The returned function stops it. */
  addDirectory(path: string, listener: NamesListener): () => void {
    const directory = this.#directory(path)
    directory.all.add(listener)
    return () => {
      directory.all.delete(listener)
      this.#release(path, directory)
    }
  }

  /** Whether every directory that somebody listens to is watched. */
  get complete(): boolean {
    for (const { watcher } of this.#directories.values()) if (!watcher) return false
    return this.#enabled
  }

  /** Tries again where watching failed, or where another directory has taken the name. */
  retry(): void {
    for (const [path, directory] of this.#directories) {
      if (directory.watcher && directory.inode === this.#inodeOf(path)) continue
      directory.watcher?.close()
      this.#watch(path, directory)
    }
  }

  /** Stops everything at once. */
  close(): void {
    for (const directory of [...this.#directories.keys()]) this.#drop(directory)
  }

  #directory(path: string): WatchedDirectory {
    let directory = this.#directories.get(path)
    if (directory) return directory
    const names = new Map<string, Set<WatchListener>>()
    directory = { watcher: undefined, inode: undefined, failed: false, names, all: new Set<NamesListener>() }
    this.#directories.set(path, directory)
    this.#watch(path, directory)
    return directory
  }

  #release(path: string, { names, all }: WatchedDirectory): void {
    if (names.size === 0 && all.size === 0) this.#drop(path)
  }

  #watch(directory: string, entry: WatchedDirectory): void {
    if (!this.#enabled) return
    const fail = (error: unknown): void => {
      entry.watcher?.close()
      entry.watcher = undefined
      if (!entry.failed) this.#onFailure(directory, error)
      entry.failed = true
    }
    try {
      entry.inode = this.#inodeOf(directory)
      entry.watcher = this.#fileSystem.watch(directory, (renamed, name) => tell(entry, renamed, name), fail)
      entry.failed = false
    } catch (error) {
      fail(error)
    }
  }

  #inodeOf(path: string): number | undefined {
    return this.#fileSystem.glance(path)?.ino
  }

  #drop(directory: string): void {
    this.#directories.get(directory)?.watcher?.close()
    this.#directories.delete(directory)
  }
}

function tell({ names, all }: WatchedDirectory, renamed: boolean, name: string | null): void {
  // Some systems do not name what changed: then it may be any of them.
  const lists = name === null ? [...names.values()] : [names.get(name)]
  const listeners = lists.flatMap(list => [...(list ?? [])])
  for (const listener of [...all]) listener(renamed, name)
  for (const listener of listeners) listener(renamed)
}
