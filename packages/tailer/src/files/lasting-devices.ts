import { dirname } from 'node:path'
import type { FileFacts, FileSystem, ReadHandle } from './file-system.ts'
import { folderKeyOf } from '../search/home-folder.ts'

/** Folders whose devices are remembered. */
const MAX_FOLDERS = 10_000

/**
 * The same files, whose devices keep the numbers that they were first seen with: a disk that is mounted again may have
 * another one. It is known by its folders, where births are told.
 */
export function withLastingDevices(files: FileSystem): FileSystem {
  const devices = new Devices()
  const stat = async (path: string): Promise<FileFacts> => {
    const facts = await files.stat(path)
    if (devices.asksForFolder(path, facts)) {
      const folder = await files.stat(dirname(path)).catch(() => undefined)
      devices.noteFile(path, facts, folder)
    }
    return devices.lasting(facts)
  }
  const ask = files.statNow?.bind(files)
  const statNow = (path: string): FileFacts | undefined => {
    const facts = ask?.(path)
    if (facts && devices.asksForFolder(path, facts)) devices.noteFile(path, facts, ask?.(dirname(path)))
    return facts && devices.lasting(facts)
  }
  return {
    open: async path => devices.lastingHandle(await files.open(path)),
    stat,
    lstat: async path => devices.lasting(await files.lstat(path)),
    glance: path => files.glance(path),
    statNow: ask && statNow,
    readdir: path => files.readdir(path),
    namesFrom: files.namesFrom?.bind(files),
    readEntries: path => files.readEntries(path),
    realpath: path => files.realpath(path),
    unpack: files.unpack?.bind(files),
    watch: (path, heard, failed) => files.watch(path, heard, failed),
  }
}

/** Numbers of devices. */
class Devices {
  /** By path, and what tells a folder from another one that has its name. */
  readonly #folders = new Map<string, bigint>()
  readonly #known = new Set<bigint>()
  /** The folder that was seen last. */
  #last: (Pick<FileFacts, 'dev' | 'ino' | 'birthtimeNs'> & { readonly path: string }) | undefined
  /** The first number of those that have another one. */
  readonly #first = new Map<bigint, bigint>()

  /** Takes note of what was seen; whether it is a file on a device that nothing is known of, so that its folder has to say. */
  asksForFolder(path: string, facts: FileFacts): boolean {
    if (!facts.isFile()) this.#note(path, facts)
    return !this.#known.has(facts.dev)
  }

  /** A file whose folder had to say. One that is on another device than its folder is what a link leads to. */
  noteFile(path: string, { dev }: FileFacts, folder: FileFacts | undefined): void {
    if (folder) this.#note(dirname(path), folder)
    this.#known.add(dev)
  }

  /** A folder was seen: what is on its device is what was, when it was seen before. */
  #note(path: string, folder: FileFacts): void {
    const { dev, ino, birthtimeNs } = folder
    const last = this.#last
    // Thousands of files ask for one folder.
    if (last?.path === path && last.dev === dev && last.ino === ino && last.birthtimeNs === birthtimeNs) return
    this.#last = { path, dev, ino, birthtimeNs }
    this.#known.add(dev)
    if (birthtimeNs === 0n) return
    const key = `${path}\n${folderKeyOf(folder)}`
    const now = this.#first.get(dev) ?? dev
    const before = this.#folders.get(key) ?? now
    if (before !== now) this.#first.set(dev, before)
    this.#folders.set(key, before)
    if (this.#folders.size > MAX_FOLDERS) this.#folders.delete(this.#folders.keys().next().value as string)
  }

  lasting(facts: FileFacts): FileFacts {
    const first = this.#first.get(facts.dev)
    return first === undefined ? facts : (Object.create(facts, { dev: { value: first } }) as FileFacts)
  }

  lastingHandle(handle: ReadHandle): ReadHandle {
    if (this.#first.size === 0) return handle
    return {
      stat: async options => this.lasting(await handle.stat(options)),
      read: (buffer, offset, length, position) => handle.read(buffer, offset, length, position),
      close: () => handle.close(),
    }
  }
}
