import { gzipSync } from 'node:zlib'
import { ModelContent } from './model-content.ts'

/** A file of the model: what a handle holds on to, whatever happens to its names. */
export interface ModelInode {
  readonly number: number
  readonly birthNs: bigint
  content: ModelContent
  mtimeNs: bigint
  ctimeNs: bigint
  links: number
  handles: number
  /** What a reader finds in it, where that is the content packed. */
  packed?: Uint8Array
}

/** What a name stands for. */
export type ModelEntry = ModelInode | { readonly target: string }

/** Told of each change of a name (`renamed`) or of a content. */
export type ModelListener = (renamed: boolean, path: string) => void

/** Options of {@link ModelFileSystem}. */
export interface ModelFileSystemOptions {
  /** Files have birth times; without them inodes are not reused either, as nobody could tell. @defaultValue true */
  readonly births?: boolean
  /** What times are rounded to. @defaultValue 4, as Linux does */
  readonly tickMs?: number
  /** @defaultValue the start of 2026 */
  readonly nowMs?: number
}

/**
 * Files in memory with the parts of a file system on which following can stumble: inodes that are reused as soon as
 * the last name and the last handle are gone, birth times of a coarse clock or none at all, handles that survive
 * rename and unlink, truncation under a writer, holes, symbolic links. Directories are there as soon as they are named.
 * Every call is one indivisible step, and takes a millisecond.
 */
export class ModelFileSystem {
  /** Every content there ever was, in order. */
  readonly contents: ModelContent[] = []
  readonly #entries = new Map<string, ModelEntry>()
  readonly #free: number[] = []
  /** Last change of a directory's names. */
  readonly #changedNs = new Map<string, bigint>()
  /** Whether births are told. */
  readonly births: boolean
  readonly #tickMs: number
  readonly #listeners = new Set<ModelListener>()
  #nowMs: number
  #nextInode = 10
  /** Names of what is unmounted now. */
  #unmounted: Map<string, ModelEntry> | undefined
  #device = 1
  #mounts = 0

  constructor({ births = true, tickMs = 4, nowMs = Date.UTC(2026, 0, 1) }: ModelFileSystemOptions = {}) {
    this.births = births
    this.#tickMs = tickMs
    this.#nowMs = nowMs
  }

  get nowMs(): number {
    return this.#nowMs
  }

  /** Number of the device that the files are on. */
  get device(): number {
    return this.#device
  }

  /** Number of the device that the folders are on which can be seen: the one below, while the files are unmounted. */
  get folderDevice(): number {
    return this.#unmounted ? 0 : this.#device
  }

  /** How often the files were unmounted: a watch does not outlive that. */
  get mounts(): number {
    return this.#mounts
  }

  /** Whether the files are without their names for now. */
  get unmounted(): boolean {
    return this.#unmounted !== undefined
  }

  /** Takes every name away, as a lazy unmount does: who has a file open keeps it, the folders are empty ones. */
  unmount(): void {
    if (this.#unmounted) return
    this.#mounts++
    this.#unmounted = new Map(this.#entries)
    this.#entries.clear()
  }

  /** Every name is back; where nobody kept a file open and births are told, the device may have another number. */
  mount(): void {
    if (!this.#unmounted) return
    for (const [path, entry] of this.#unmounted) this.#entries.set(path, entry)
    this.#unmounted = undefined
    const open = [...this.#entries.values()].some(entry => 'handles' in entry && entry.handles > 0)
    if (!open && this.births) this.#device++
  }

  /** Time goes by. */
  pass(ms: number): void {
    this.#nowMs += ms
  }

  onChange(listener: ModelListener): void {
    this.#listeners.add(listener)
  }

  /** What a path names, links followed. */
  find(path: string): ModelInode | undefined {
    const entry = this.#entries.get(this.resolve(path))
    return entry && 'content' in entry ? entry : undefined
  }

  /** What a path names itself. */
  entry(path: string): ModelEntry | undefined {
    return this.#entries.get(path)
  }

  /** The path without links. */
  resolve(path: string): string {
    const entry = this.#entries.get(path)
    return entry && 'target' in entry ? this.resolve(entry.target) : path
  }

  /** When names in a directory last changed; `undefined` when there never was any. That which another is mounted on never did. */
  changedNs(directory: string): bigint | undefined {
    const changedNs = this.#changedNs.get(directory)
    return this.#unmounted && changedNs !== undefined ? 1n : changedNs
  }

  /** Names directly in a directory. */
  list(directory: string): string[] {
    const found: string[] = []
    for (const path of this.#entries.keys()) {
      if (path.startsWith(`${directory}/`) && !path.includes('/', directory.length + 1)) {
        found.push(path.slice(directory.length + 1))
      }
    }
    return found
  }

  /** The file at `path`, made when it is not there. */
  create(path: string, copyOf?: ModelContent): ModelInode {
    const found = this.find(path)
    if (found) return found
    const number = this.#free.pop() ?? this.#nextInode++
    const nowNs = this.#tick()
    const birthNs = this.births ? nowNs : 0n
    const content = this.#newContent(number, birthNs, copyOf)
    const inode = { number, birthNs, content, mtimeNs: nowNs, ctimeNs: nowNs, links: 1, handles: 0 }
    this.#entries.set(this.resolve(path), inode)
    this.#tell(true, path)
    return inode
  }

  /** Gives a file what another one holds, packed; only the first `share` of that while it is being written. */
  pack(from: ModelInode, to: ModelInode, share = 1): void {
    const packed = gzipSync(from.content.bytes)
    if (to.content.size === 0) to.content.write(from.content.bytes, 0)
    to.packed = packed.subarray(0, Math.ceil(packed.length * share))
    this.#touch(to)
    if (share === 1) to.mtimeNs = from.mtimeNs
  }

  write(inode: ModelInode, bytes: Uint8Array, position: number): void {
    inode.content.write(bytes, position)
    this.#touch(inode)
  }

  /** To nothing. */
  truncate(inode: ModelInode): void {
    if (inode.content.size > 0) inode.content = this.#newContent(inode.number, inode.birthNs, undefined)
    this.#touch(inode)
  }

  rename(from: string, to: string): void {
    const entry = this.#entries.get(from)
    if (!entry || from === to) return
    this.#drop(to)
    this.#entries.delete(from)
    this.#entries.set(to, entry)
    if ('content' in entry) entry.ctimeNs = this.#tick()
    this.#tell(true, from)
    this.#tell(true, to)
  }

  unlink(path: string): void {
    if (!this.#entries.has(path)) return
    this.#drop(path)
    this.#tell(true, path)
  }

  /** Lets `path` be a link to `target`, in one step. */
  link(target: string, path: string): void {
    this.#drop(path)
    this.#entries.set(path, { target })
    this.#tell(true, path)
  }

  hold(inode: ModelInode): void {
    inode.handles++
  }

  release(inode: ModelInode): void {
    inode.handles--
    this.#reap(inode)
  }

  #newContent(inode: number, birthNs: bigint, copyOf: ModelContent | undefined): ModelContent {
    const content = new ModelContent({ number: this.contents.length + 1, inode, birthNs, copyOf })
    this.contents.push(content)
    return content
  }

  #drop(path: string): void {
    const entry = this.#entries.get(path)
    this.#entries.delete(path)
    if (!entry || 'target' in entry) return
    entry.links--
    entry.ctimeNs = this.#tick()
    this.#reap(entry)
  }

  #reap({ links, handles, number }: ModelInode): void {
    if (links === 0 && handles === 0 && this.births) this.#free.push(number)
  }

  #touch(inode: ModelInode): void {
    inode.mtimeNs = inode.ctimeNs = this.#tick()
    for (const [path, entry] of this.#entries) if (entry === inode) this.#tell(false, path)
  }

  #tell(renamed: boolean, path: string): void {
    if (renamed) this.#changedNs.set(path.slice(0, path.lastIndexOf('/')), this.#stamp())
    for (const listener of this.#listeners) listener(renamed, path)
  }

  #tick(): bigint {
    this.#nowMs++
    return this.#stamp()
  }

  #stamp(): bigint {
    return BigInt(Math.floor(this.#nowMs / this.#tickMs) * this.#tickMs) * 1_000_000n
  }
}
