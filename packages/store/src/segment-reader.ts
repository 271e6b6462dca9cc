import { open, readdir, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { systemCode } from './errors.ts'
import { decodeEntry, type Entry } from './format/entry.ts'
import { segmentFile, segmentNumber } from './format/names.ts'
import { decodeSegmentHeader, type SegmentHeaderRead } from './format/segment-header.ts'
import { MAX_SEGMENT_HEADER_BYTES, READ_CHUNK_BYTES } from './limits.ts'

/** An entry and where it lies in its segment; `end` is exclusive. */
export interface LocatedEntry extends Entry {
  readonly start: number
  readonly end: number
}

/**
 * Whole entries in a row. `stopped` says what comes at `nextOffset`: more, the end, an entry that is not complete, or
 * bytes that are none.
 */
export interface EntryRun {
  readonly entries: readonly LocatedEntry[]
  readonly nextOffset: number
  readonly stopped: 'more' | 'end' | 'short' | 'damaged'
}

/** Reads one segment file, whoever writes to it meanwhile. Keeps nothing open between calls. */
export class SegmentReader {
  readonly path: string

  constructor(folder: string, segment: number) {
    this.path = join(folder, segmentFile(segment))
  }

  /** `undefined` when the file is gone. */
  async header(): Promise<SegmentHeaderRead | undefined> {
    return this.#withFile(async file => decodeSegmentHeader(await readAt(file, 0, MAX_SEGMENT_HEADER_BYTES + 16)))
  }

  /** `undefined` when the file is gone. */
  async size(): Promise<number | undefined> {
    return this.#withFile(async file => (await file.stat()).size)
  }

  /**
   * The entries from `offset` on, about 1 MiB of them, never beyond `limit`. Their bytes share one fresh buffer.
   * `undefined` when the file is gone.
   */
  async read(offset: number, limit: number = Number.MAX_SAFE_INTEGER): Promise<EntryRun | undefined> {
    return this.#withFile(async file => {
      const end = Math.min(limit, (await file.stat()).size)
      if (offset >= end) return { entries: [], nextOffset: offset, stopped: 'end' }
      const run = decodeRun(await readAt(file, offset, Math.min(READ_CHUNK_BYTES, end - offset)), offset)
      if (run.entries.length > 0 || run.stopped !== 'short') return run.stopped === 'damaged' ? run : more(run)
      // One entry larger than the chunk. Its declared length is believed only as far as the file really goes.
      if (run.neededBytes > end - offset) return run
      return more(decodeRun(await readAt(file, offset, run.neededBytes), offset))
    })
  }

  /** Whether only zeros follow: a file system that grew the file and lost the content to a power failure. */
  async isZero(offset: number): Promise<boolean> {
    const zero = await this.#withFile(async file => {
      for (let at = offset; ; at += READ_CHUNK_BYTES) {
        const bytes = await readAt(file, at, READ_CHUNK_BYTES)
        if (bytes.length === 0) return true
        if (bytes.some(byte => byte !== 0)) return false
      }
    })
    return zero ?? true
  }

  async #withFile<T>(use: (file: FileHandle) => Promise<T>): Promise<T | undefined> {
    let file: FileHandle
    try {
      file = await open(this.path, 'r')
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined
      throw error
    }
    try {
      return await use(file)
    } finally {
      await file.close()
    }
  }
}

/** Numbers of the segments in a stream's folder, ascending; none when the folder is not there. */
export async function listSegments(folder: string): Promise<number[]> {
  try {
    const names = await readdir(folder)
    return names
      .map(segmentNumber)
      .filter(number => number !== undefined)
      .sort((a, b) => a - b)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  }
}

function more(run: EntryRun): EntryRun {
  return run.entries.length > 0 && run.stopped === 'short' ? { ...run, stopped: 'more' } : run
}

function decodeRun(buffer: Uint8Array, offset: number): EntryRun & { readonly neededBytes: number } {
  const entries: LocatedEntry[] = []
  let at = 0
  while (at < buffer.length) {
    const read = decodeEntry(buffer, at)
    if (read.kind === 'short')
      return { entries, nextOffset: offset + at, stopped: 'short', neededBytes: read.neededBytes }
    if (read.kind === 'damaged') return { entries, nextOffset: offset + at, stopped: 'damaged', neededBytes: 0 }
    entries.push({ ...read.entry, start: offset + at, end: offset + read.end })
    at = read.end
  }
  return { entries, nextOffset: offset + at, stopped: 'more', neededBytes: 0 }
}

async function readAt(file: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, offset + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}
