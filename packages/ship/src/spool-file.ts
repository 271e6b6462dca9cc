import { crc32 } from 'node:zlib'
import { open, readFile, rename, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ShipError, spoolWriteError, systemCode } from './errors.ts'
import { decodeMark, encodeMark, Marks, type Mark } from './marks.ts'

const FRAME_BYTES = 8
const RECORD_HEAD_BYTES = FRAME_BYTES + 2
const HEADER = /^logflow-spool 1 ([A-Za-z0-9_-]{1,64}) (\d{1,16}) (\[.*\])$/
const FILE = /^(\d{16})\.batch$/

/** One append. */
export interface SpoolRecord {
  /** As `encodeDelivery` made it. */
  readonly delivery: Uint8Array
  readonly mark?: Mark | undefined
}

/** What a batch file starts as. */
export interface SpoolFileInit {
  readonly epoch: string
  readonly sequence: number
  readonly marks: Marks
  readonly records?: readonly SpoolRecord[]
}

/** What a batch file holds. */
export interface SpoolFileContent {
  readonly epoch: string
  readonly sequence: number
  /** In the order they were appended. */
  readonly records: readonly SpoolRecord[]
  /** The marks of before and of the records. */
  readonly marks: Marks
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
 *     logflow-spool 1 <epoch> <sequence> <marks so far, JSON>\n
 *     | length (u32) | crc-32 of all but itself (u32) | m (u16) | mark, JSON (m) | one encoded delivery |
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
  static async create(folder: string, { epoch, sequence, marks, records = [] }: SpoolFileInit): Promise<SpoolFile> {
    const path = join(folder, batchFile(sequence))
    const header = `logflow-spool 1 ${epoch} ${sequence} ${JSON.stringify([...marks])}\n`
    const parts = [new TextEncoder().encode(header), ...records.flatMap(frame)]
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
  async append(records: readonly SpoolRecord[]): Promise<void> {
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
  const headerEnd = bytes.indexOf(10) + 1
  const header = HEADER.exec(new TextDecoder().decode(bytes.subarray(0, Math.max(0, headerEnd - 1))))
  const before = header && parseMarks(header[3] as string)
  if (!header || !before) throw new ShipError('LF_SHIP_SPOOL_READ', `not a batch: ${path}`, { detail: { path } })
  const marks = new Marks()
  for (const mark of before) marks.set(mark)
  const records: SpoolRecord[] = []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = headerEnd
  while (at + RECORD_HEAD_BYTES <= bytes.length) {
    const end = at + FRAME_BYTES + view.getUint32(at)
    const deliveryAt = at + RECORD_HEAD_BYTES + view.getUint16(at + FRAME_BYTES)
    if (end > bytes.length || deliveryAt > end) break
    const crc = crc32(bytes.subarray(at + FRAME_BYTES, end), crc32(bytes.subarray(at, at + 4)))
    if (crc !== view.getUint32(at + 4)) break
    const mark = decodeMark(bytes.subarray(at + RECORD_HEAD_BYTES, deliveryAt))
    if (mark) marks.set(mark)
    records.push({ delivery: plain(bytes.subarray(deliveryAt, end)), mark })
    at = end
  }
  return { epoch: header[1] as string, sequence: Number(header[2]), records, marks, tornBytes: bytes.length - at }
}

function parseMarks(json: string): readonly Mark[] | undefined {
  try {
    return JSON.parse(json) as readonly Mark[]
  } catch {
    return undefined
  }
}

function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
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

function frame({ delivery, mark }: SpoolRecord): [Uint8Array, Uint8Array] {
  const markBytes = encodeMark(mark)
  const head = new Uint8Array(RECORD_HEAD_BYTES + markBytes.length)
  const view = new DataView(head.buffer)
  view.setUint32(0, head.length - FRAME_BYTES + delivery.length)
  view.setUint16(FRAME_BYTES, markBytes.length)
  head.set(markBytes, RECORD_HEAD_BYTES)
  view.setUint32(4, crc32(delivery, crc32(head.subarray(FRAME_BYTES), crc32(head.subarray(0, 4)))))
  return [head, delivery]
}

async function writeWhole(file: FileHandle, parts: readonly Uint8Array[], offset: number): Promise<number> {
  const size = parts.reduce((sum, part) => sum + part.length, 0)
  const { bytesWritten } = await file.writev(parts, offset)
  if (bytesWritten !== size)
    throw Object.assign(new Error(`wrote ${bytesWritten} of ${size} bytes`), { code: 'ENOSPC' })
  return size
}
