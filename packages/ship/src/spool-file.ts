import { crc32 } from 'node:zlib'
import { open, readFile, rename, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ShipError, spoolWriteError, systemCode } from './errors.ts'

const FRAME_BYTES = 8
const HEADER = /^logflow-spool 1 ([A-Za-z0-9_-]{1,64}) (\d{1,16})\n/
const FILE = /^(\d{16})\.batch$/

/** What a batch file holds. */
export interface SpoolFileContent {
  readonly epoch: string
  readonly sequence: number
  /** Encoded deliveries, in the order they were appended. */
  readonly records: readonly Uint8Array[]
  /** Bytes at the end that are no whole record. */
  readonly tornBytes: number
}

/** File name of a batch. */
export function batchFile(sequence: number): string {
  return `${String(sequence).padStart(16, '0')}.batch`
}

/** The sequence in a file name, `undefined` when it names no batch. */
export function batchSequence(file: string): number | undefined {
  const digits = FILE.exec(file)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/**
 * One batch of the spool: a line of header, then records. A file comes into being whole, by rename, so that its header
 * is never torn; records are only appended by the process that made it.
 *
 *     logflow-spool 1 <epoch> <sequence>\n
 *     | length (u32) | crc-32 of length and bytes (u32) | bytes (one encoded delivery) |
 */
export class SpoolFile implements AsyncDisposable {
  readonly path: string
  readonly sequence: number
  readonly #file: FileHandle
  #length: number
  #closing: Promise<void> | undefined

  private constructor(path: string, sequence: number, { file, length }: { file: FileHandle; length: number }) {
    this.path = path
    this.sequence = sequence
    this.#file = file
    this.#length = length
  }

  /** Durable, name included, when this resolves; replaces a batch of the same name. */
  static async create(
    folder: string,
    { epoch, sequence, records = [] }: { epoch: string; sequence: number; records?: readonly Uint8Array[] },
  ): Promise<SpoolFile> {
    const path = join(folder, batchFile(sequence))
    const parts = [new TextEncoder().encode(`logflow-spool 1 ${epoch} ${sequence}\n`), ...records.flatMap(frame)]
    let file: FileHandle | undefined
    try {
      file = await open(`${path}.new`, 'w', 0o600)
      const length = await writeWhole(file, parts, 0)
      await file.sync()
      await rename(`${path}.new`, path)
      await syncFolder(dirname(path))
      return new SpoolFile(path, sequence, { file, length })
    } catch (cause) {
      await file?.close()
      throw spoolWriteError(`cannot create batch ${path}`, cause)
    }
  }

  /** Bytes of the file that count. */
  get length(): number {
    return this.#length
  }

  /** Hands the records to the system; `sync` makes them durable. After a failure of either only `cut` and `close` are left. */
  async append(records: readonly Uint8Array[]): Promise<void> {
    if (this.#closing) throw new ShipError('LF_SHIP_CLOSED', `batch ${this.path} is closed`)
    try {
      this.#length += await writeWhole(this.#file, records.flatMap(frame), this.#length)
    } catch (cause) {
      throw spoolWriteError(`cannot append to batch ${this.path}`, cause)
    }
  }

  async sync(): Promise<void> {
    try {
      await this.#file.datasync()
    } catch (cause) {
      throw spoolWriteError(`cannot sync batch ${this.path}`, cause)
    }
  }

  /** Back to an earlier length. Best effort: a record that stays although it was refused is sent twice, not lost. */
  async cut(length: number): Promise<void> {
    this.#length = length
    await this.#file.truncate(length).catch(() => {})
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#file.close())
  }
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

/** Reads a batch file. @throws ShipError `LF_SHIP_SPOOL_READ` when it cannot be read or is none */
export async function readSpoolFile(path: string): Promise<SpoolFileContent> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(path)
  } catch (cause) {
    throw new ShipError('LF_SHIP_SPOOL_READ', `cannot read batch ${path}`, { cause, detail: { path } })
  }
  const header = HEADER.exec(new TextDecoder('latin1').decode(bytes.subarray(0, 128)))
  if (!header) throw new ShipError('LF_SHIP_SPOOL_READ', `not a batch: ${path}`, { detail: { path } })
  const records: Uint8Array[] = []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = header[0].length
  while (at + FRAME_BYTES <= bytes.length) {
    const end = at + FRAME_BYTES + view.getUint32(at)
    if (end > bytes.length) break
    const record = new Uint8Array(bytes.buffer, bytes.byteOffset + at + FRAME_BYTES, end - at - FRAME_BYTES)
    if (crc32(record, crc32(bytes.subarray(at, at + 4))) !== view.getUint32(at + 4)) break
    records.push(record)
    at = end
  }
  return { epoch: header[1] as string, sequence: Number(header[2]), records, tornBytes: bytes.length - at }
}

/** Makes creations in the folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } catch (error) {
    // Some file systems refuse to sync a folder; there its names are as durable as they get.
    if (!['EINVAL', 'ENOTSUP', 'EPERM'].includes(systemCode(error) ?? '')) throw error
  } finally {
    await folder.close()
  }
}

function frame(record: Uint8Array): [Uint8Array, Uint8Array] {
  const head = new Uint8Array(FRAME_BYTES)
  const view = new DataView(head.buffer)
  view.setUint32(0, record.length)
  view.setUint32(4, crc32(record, crc32(head.subarray(0, 4))))
  return [head, record]
}

async function writeWhole(file: FileHandle, parts: readonly Uint8Array[], offset: number): Promise<number> {
  const size = parts.reduce((sum, part) => sum + part.length, 0)
  const { bytesWritten } = await file.writev(parts, offset)
  if (bytesWritten !== size)
    throw Object.assign(new Error(`wrote ${bytesWritten} of ${size} bytes`), { code: 'ENOSPC' })
  return size
}
