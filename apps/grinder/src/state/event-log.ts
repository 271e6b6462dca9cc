import { open, type FileHandle } from 'node:fs/promises'
import { encodeEvent, EventDecoder, type LogEvent } from '@logflow/record'
import { GrinderError } from '../errors.ts'

/** An event as it lies in the log. */
export interface LoggedEvent {
  readonly event: LogEvent
  /** Where to go on after it. */
  readonly next: number
}

const READ_BYTES = 256 * 1024

/**
 * Events one after another, as `encodeEvent` of @logflow/record writes them. What lies beyond the committed length is
 * not there: it is cut when the log is opened and written over by the next append.
 */
export class EventLog implements AsyncDisposable {
  readonly path: string
  readonly #file: FileHandle
  #length: number

  private constructor(path: string, file: FileHandle, length: number) {
    this.path = path
    this.#file = file
    this.#length = length
  }

  /** @throws GrinderError `LF_GRINDER_STATE` when the file is shorter than the checkpoint says */
  static async open(path: string, length: number): Promise<EventLog> {
    const file = await open(path, length === 0 ? 'w+' : 'r+').catch((cause: unknown) => {
      throw new GrinderError('LF_GRINDER_STATE', `cannot open the event log ${path}`, { cause })
    })
    try {
      const { size } = await file.stat()
      if (size < length) {
        const problem = `the event log ${path} has ${size} bytes, its checkpoint says ${length}`
        throw new GrinderError('LF_GRINDER_STATE', problem, { detail: { path, size, length } })
      }
      await file.truncate(length)
      return new EventLog(path, file, length)
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /** Committed bytes. */
  get length(): number {
    return this.#length
  }

  /** Makes `bytes` durable behind the committed ones and returns the length to commit. They are not there before that. */
  async write(bytes: Uint8Array): Promise<number> {
    for (let at = 0; at < bytes.length;) {
      const { bytesWritten } = await this.#file.write(bytes, at, bytes.length - at, this.#length + at)
      at += bytesWritten
    }
    if (bytes.length > 0) await this.#file.datasync()
    return this.#length + bytes.length
  }

  /** The checkpoint with this length is durable: what was written is there now. */
  commit(length: number): void {
    this.#length = length
  }

  /**
   * Committed events from an offset on that an earlier read gave, or 0.
   *
   * @throws RecordError when no event begins at `from`
   */
  async read(from: number, limit: number): Promise<LoggedEvent[]> {
    const decoder = new EventDecoder()
    const end = this.#length
    const found: LoggedEvent[] = []
    let pushed = from
    let next = from
    while (found.length < limit) {
      const event = decoder.read()
      if (event) {
        next += encodeEvent(event).length
        found.push({ event, next })
        continue
      }
      const size = Math.min(READ_BYTES, end - pushed)
      if (size <= 0) break
      const { bytesRead, buffer } = await this.#file.read(new Uint8Array(size), 0, size, pushed)
      if (bytesRead === 0) break
      decoder.push(buffer.subarray(0, bytesRead))
      pushed += bytesRead
    }
    return found
  }

  close(): Promise<void> {
    return this.#file.close()
  }
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
