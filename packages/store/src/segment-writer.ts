import { open, unlink, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { StoreError, writeError } from './errors.ts'
import { segmentFile } from './format/names.ts'
import { encodeSegmentHeader, type SegmentHeader } from './format/segment-header.ts'
import { syncFolder } from './sync-folder.ts'

/**
 * Appends to one segment that it created itself, and owns the handle. A failed append poisons it: what reached the
 * file is unknown and a second sync would lie, so only `close` is left. `length` stays at the last durable byte.
 */
export class SegmentWriter implements AsyncDisposable {
  readonly path: string
  readonly header: SegmentHeader
  /** Where entries begin. */
  readonly start: number
  #file: FileHandle | undefined
  #length: number
  #poisoned = false
  #closing: Promise<void> | undefined

  private constructor(path: string, header: SegmentHeader, length: number) {
    this.path = path
    this.header = header
    this.start = length
    this.#length = length
  }

  /** The segment exists durably, header and name, when this resolves. @throws StoreError `LF_STORE_WRITE`, `LF_STORE_FULL` */
  static async create(folder: string, header: SegmentHeader): Promise<SegmentWriter> {
    const path = join(folder, segmentFile(header.segment))
    const bytes = encodeSegmentHeader(header)
    const writer = new SegmentWriter(path, header, bytes.length)
    try {
      writer.#file = await open(path, 'wx', 0o600)
      await writeWhole(writer.#file, [bytes], 0)
      await writer.#file.sync()
      await syncFolder(folder)
      return writer
    } catch (cause) {
      const created = writer.#file !== undefined
      await writer.close()
      if (created) await unlink(path).catch(() => {}) // a half-written header is skipped by every reader as well
      throw writeError(`cannot create segment ${path}`, cause, { path })
    }
  }

  /** The offset after the last durable byte. */
  get length(): number {
    return this.#length
  }
  /** Whether an append failed: go on in another segment. */
  get poisoned(): boolean {
    return this.#poisoned
  }
  /** Whether a handle is held. */
  get opened(): boolean {
    return this.#file !== undefined
  }

  /** Resolves with the offset of the first byte once all of them are durable. One call at a time. */
  async append(parts: readonly Uint8Array[]): Promise<number> {
    if (this.#closing) throw new StoreError('LF_STORE_CLOSED', `segment ${this.path} is closed`)
    if (this.#poisoned) throw new StoreError('LF_STORE_WRITE', `segment ${this.path} failed before`)
    try {
      this.#file ??= await this.#reopen()
      const start = this.#length
      const size = await writeWhole(this.#file, parts, start)
      await this.#file.datasync()
      this.#length = start + size
      return start
    } catch (cause) {
      this.#poisoned = true
      throw writeError(`cannot append to segment ${this.path}`, cause, { path: this.path, offset: this.#length })
    }
  }

  /** Gives the handle back while nobody appends; the next append takes one again. */
  async rest(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.close()
  }

  close(): Promise<void> {
    return (this.#closing ??= this.rest())
  }
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #reopen(): Promise<FileHandle> {
    const file = await open(this.path, 'r+')
    const { size } = await file.stat()
    if (size === this.#length) return file
    await file.close()
    throw new Error(`segment has ${size} bytes, ${this.#length} were written`)
  }
}

/** One vectored write. A short one is an error: what follows it would be torn. */
async function writeWhole(file: FileHandle, parts: readonly Uint8Array[], offset: number): Promise<number> {
  const size = parts.reduce((sum, part) => sum + part.length, 0)
  const { bytesWritten } = await file.writev(parts, offset)
  if (bytesWritten !== size)
    throw Object.assign(new Error(`wrote ${bytesWritten} of ${size} bytes`), { code: 'ENOSPC' })
  return size
}
