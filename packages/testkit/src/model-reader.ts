import { Gate } from './gate.ts'
import type { ModelContent } from './model-content.ts'
import type { ModelFileSystem, ModelInode } from './model-file-system.ts'

/** Options of {@link ModelReader}. */
export interface ModelReaderOptions {
  /** How much of what happens is told: everything, nothing, or as a full queue would have it, every third change. */
  readonly hears?: 'all' | 'nothing' | 'some'
  /** Whether the size that a name tells is told to one who reads the file; not where others list its folder too. @defaultValue true */
  readonly namesTell?: boolean
}

/** Facts of a file as `stat` with `bigint` tells them. */
interface ModelFacts {
  readonly dev: bigint
  readonly ino: bigint
  readonly size: bigint
  readonly birthtimeNs: bigint
  readonly mtimeNs: bigint
  isFile(): boolean
}

/** A handle for reading; the gate decides when each call happens. */
export interface ModelHandle {
  stat(options: { readonly bigint: true }): Promise<ModelFacts>
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>
  close(): Promise<void>
}

interface ModelWatch {
  readonly directory: string
  readonly heard: (renamed: boolean, name: string | null) => void
  readonly failed: (error: unknown) => void
  /** `ModelFileSystem.mounts` when it was made. */
  readonly mounts: number
}

/**
 * One process that reads a model file system: everything it asks goes through {@link ModelReader.gate}. Has the shape
 * of the `FileSystem` of `@logflow/tailer`, which is what it is for.
 */
export class ModelReader {
  readonly gate = new Gate()
  readonly #files: ModelFileSystem
  readonly #hears: 'all' | 'nothing' | 'some'
  readonly #namesTell: boolean
  readonly #open = new Map<ModelInode, number>()
  readonly #watches = new Set<ModelWatch>()
  #changes = 0
  #deaf = 0
  #scarce = 0
  #unwatched = 0
  #mounts = 0
  #crashed = false
  /** Called when a path is opened or found to name nothing, at the moment when it happens. */
  onLook: (path: string) => void = () => {}

  constructor(files: ModelFileSystem, { hears = 'all', namesTell = true }: ModelReaderOptions = {}) {
    this.#files = files
    this.#hears = hears
    this.#namesTell = namesTell
    files.onChange((renamed, path) => this.#hear(renamed, path))
  }

  /** Contents that are held open. */
  get held(): ModelContent[] {
    return [...this.#open.keys()].map(({ content }) => content)
  }

  /** Every handle that is open. */
  get handles(): number {
    return [...this.#open.values()].reduce((sum, count) => sum + count, 0)
  }

  /** The process is no more: its handles are closed, its calls never return. */
  crash(): void {
    this.#crashed = true
    this.gate.close()
    this.#watches.clear()
    for (const [inode, count] of this.#open) for (let i = 0; i < count; i++) this.#files.release(inode)
    this.#open.clear()
  }

  /** The system's queue is full: of the next changes nothing is told. */
  deafen(changes: number): void {
    this.#deaf = changes
  }

  /** There is no descriptor for the next openings. */
  exhaust(openings: number): void {
    this.#scarce = openings
  }

  /** Handles that are open now answer nothing any more, as those of a server that was started anew. */
  outdate(): void {
    this.#mounts++
    for (const [inode, count] of [...this.#open]) for (let i = 0; i < count; i++) this.#letGo(inode)
  }

  readonly open = (path: string): Promise<ModelHandle> =>
    this.gate.pass(() => {
      this.#needDescriptor()
      this.onLook(path)
      return this.#handle(this.#found(path))
    })

  readonly stat = (path: string): Promise<ModelFacts> =>
    this.gate.pass(() => {
      if (!this.#files.find(path)) this.onLook(path)
      return this.#directory(path) ?? this.#facts(this.#found(path), this.#namesTell)
    })

  readonly lstat = (path: string): Promise<ModelFacts> => this.stat(path)

  readonly realpath = (path: string): Promise<string> => this.gate.pass(() => this.#files.resolve(path))

  readonly readdir = (path: string): Promise<string[]> => this.gate.pass(() => this.#list(path))

  readonly readEntries = (path: string): Promise<{ name: string; isDirectory: () => boolean }[]> =>
    this.gate.pass(() => this.#list(path).map(name => ({ name, isDirectory: () => false })))

  /** At once, since who asks so does not wait. */
  readonly glance = (
    path: string,
  ): { dev: number; ino: number; size: number; mtimeMs: number; ctimeMs: number } | undefined => {
    const inode = this.#files.find(path)
    const changedNs = this.#files.changedNs(path)
    const { device, folderDevice } = this.#files
    if (changedNs !== undefined)
      return {
        dev: folderDevice,
        ino: this.#directoryInode,
        size: 0,
        mtimeMs: toMs(changedNs),
        ctimeMs: toMs(changedNs),
      }
    if (!inode) return undefined
    const { number, content, packed, mtimeNs, ctimeNs } = inode
    return {
      dev: device,
      ino: number,
      size: (packed ?? content.bytes).length,
      mtimeMs: toMs(mtimeNs),
      ctimeMs: toMs(ctimeNs),
    }
  }

  readonly watch = (
    directory: string,
    heard: (renamed: boolean, name: string | null) => void,
    failed: (error: unknown) => void = () => {},
  ): { close: () => void } => {
    if (this.#unwatched > 0 && this.#unwatched--) throw outOfWatches()
    const watch = { directory, heard, failed, mounts: this.#files.mounts }
    this.#watches.add(watch)
    return { close: () => void this.#watches.delete(watch) }
  }

  /** The system takes its watches back, and has none for the next tries. */
  unwatch(tries: number): void {
    this.#unwatched = tries
    for (const watch of [...this.#watches]) {
      this.#watches.delete(watch)
      watch.failed(outOfWatches())
    }
  }

  #needDescriptor(): void {
    if (this.#scarce > 0 && this.#scarce--) throw Object.assign(new Error('EMFILE'), { code: 'EMFILE' })
  }

  #list(path: string): string[] {
    this.#needDescriptor()
    return this.#files.list(path)
  }

  /** Another folder is there while the one with the files is unmounted. */
  get #directoryInode(): number {
    return this.#files.unmounted ? 3 : 2
  }

  #found(path: string): ModelInode {
    const inode = this.#files.find(path)
    if (!inode) throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' })
    return inode
  }

  #directory(path: string): ModelFacts | undefined {
    const mtimeNs = this.#files.changedNs(path)
    if (mtimeNs === undefined) return undefined
    const [dev, ino] = [BigInt(this.#files.folderDevice), BigInt(this.#directoryInode)]
    return { dev, ino, size: 0n, birthtimeNs: this.#files.births ? 1n : 0n, mtimeNs, isFile: () => false }
  }

  /** `tells`: who asks is one who reads it, if anybody does. */
  #facts(inode: ModelInode, tells = true): ModelFacts {
    const { number, birthNs, mtimeNs, content, packed } = inode
    if (!packed) content.seenSize = content.size
    if (!packed && tells && this.#open.has(inode)) content.noteSize()
    return {
      dev: BigInt(this.#files.device),
      ino: BigInt(number),
      size: BigInt((packed ?? content.bytes).length),
      birthtimeNs: birthNs,
      mtimeNs,
      isFile: () => true,
    }
  }

  #handle(inode: ModelInode): ModelHandle {
    this.#files.hold(inode)
    if (!this.#open.has(inode)) inode.content.noteOpened()
    this.#open.set(inode, (this.#open.get(inode) ?? 0) + 1)
    let closed = false
    const mounts = this.#mounts
    const needCurrent = (): void => {
      if (mounts !== this.#mounts) throw Object.assign(new Error('ESTALE'), { code: 'ESTALE' })
    }
    return {
      stat: () =>
        this.gate.pass(() => {
          needCurrent()
          return this.#facts(inode)
        }),
      read: (buffer, offset, length, position) =>
        this.gate.pass(() => {
          needCurrent()
          const { content, packed } = inode
          const bytes = (packed ?? content.bytes).subarray(position, position + length)
          if (!packed) content.seenSize = Math.max(content.seenSize, position + bytes.length)
          if (!packed && bytes.length > 0) content.noteRead()
          buffer.set(bytes, offset)
          return { bytesRead: bytes.length }
        }),
      close: () => {
        if (!closed && !this.#crashed && mounts === this.#mounts) this.#letGo(inode)
        closed = true
        return Promise.resolve()
      },
    }
  }

  #letGo(inode: ModelInode): void {
    const left = (this.#open.get(inode) ?? 0) - 1
    if (left > 0) this.#open.set(inode, left)
    else {
      this.#open.delete(inode)
      inode.content.noteClosed()
    }
    this.#files.release(inode)
  }

  #hear(renamed: boolean, path: string): void {
    if (this.#hears === 'nothing' || (this.#hears === 'some' && this.#changes++ % 3 !== 0)) return
    if (this.#deaf > 0 && this.#deaf--) return
    const at = path.lastIndexOf('/')
    const [directory, name] = [path.slice(0, at), path.slice(at + 1)]
    for (const watch of this.#watches) {
      if (watch.directory !== directory || watch.mounts !== this.#files.mounts) continue
      this.gate
        .pass(() => {
          if (this.#watches.has(watch)) watch.heard(renamed, name)
        })
        .catch(() => {})
    }
  }
}

function outOfWatches(): Error {
  return Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })
}

function toMs(ns: bigint): number {
  return Number(ns / 1_000_000n)
}
