import { open, readFile, rename, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isMissing } from '../errors.ts'

/** Where the bytes of a checkpoint are kept: a file, or whatever else keeps bytes for good. Calls never overlap. */
export interface CheckpointStorage {
  /** Where that is, for people. */
  readonly path: string
  /** Everything that is there; whatever a crash left. */
  load(): Promise<Uint8Array>
  /** Keeps only the first `size` bytes. */
  truncate(size: number): Promise<void>
  /** Resolves when the bytes are durable behind those that are there. */
  append(bytes: Uint8Array): Promise<void>
  /** Puts these bytes in the place of all others: a crash leaves the old ones or the new ones, whole. */
  replace(bytes: Uint8Array): Promise<void>
  close(): Promise<void>
}

/** A file of this machine. It is made when it is opened. */
export async function openCheckpointFile(path: string): Promise<CheckpointStorage> {
  return new CheckpointFile(path, await open(path, 'a'))
}

class CheckpointFile implements CheckpointStorage {
  readonly path: string
  #file: FileHandle

  constructor(path: string, file: FileHandle) {
    this.path = path
    this.#file = file
  }

  async load(): Promise<Uint8Array> {
    try {
      return await readFile(this.path)
    } catch (error) {
      if (isMissing(error)) return new Uint8Array(0)
      throw error
    }
  }

  truncate(size: number): Promise<void> {
    return this.#file.truncate(size)
  }

  async append(bytes: Uint8Array): Promise<void> {
    await this.#file.appendFile(bytes)
    await this.#file.datasync()
  }

  async replace(bytes: Uint8Array): Promise<void> {
    const next = await open(`${this.path}.new`, 'w')
    try {
      await next.writeFile(bytes)
      await next.sync()
      await rename(`${this.path}.new`, this.path)
      await syncDirectory(dirname(this.path))
    } catch (error) {
      await next.close()
      throw error
    }
    const old = this.#file
    this.#file = next
    await old.close()
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
