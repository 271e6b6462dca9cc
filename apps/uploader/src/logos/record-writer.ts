import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { levelOf } from './level.ts'

/** Largest write that every kernel takes, prefix and newline included; newer ones take 1024. */
export const MAX_RECORD_BYTES = 992

const WAIT_MS = 2
const NEWLINE = 10

/**
 * Writes records, one `write` each: `<L>FACILITY: body\n`. A body that cleaning made too long for the kernel, which
 * would refuse it whole, goes out in pieces under the same header.
 */
export class RecordWriter {
  readonly #fd: number
  readonly #label: Uint8Array
  readonly #report: (text: string) => void

  /** @param report - Told about writes that failed; they are not repeated. */
  constructor(fd: number, facility: string, report: (text: string) => void) {
    this.#fd = fd
    this.#label = Buffer.from(`${facility}: `)
    this.#report = report
  }

  /** Bytes of the header of every record. */
  get headerBytes(): number {
    return 3 + this.#label.length
  }

  write(body: Uint8Array): void {
    const header = Buffer.concat([Buffer.from(`<${levelOf(body)}>`), this.#label])
    const room = Math.max(1, MAX_RECORD_BYTES - header.length - 1)
    for (let at = 0; at === 0 || at < body.length; at += room)
      this.#writeRecord(Buffer.concat([header, body.subarray(at, at + room), Buffer.of(NEWLINE)]))
  }

  #writeRecord(record: Uint8Array): void {
    for (;;) {
      try {
        const written = writeSync(this.#fd, record)
        if (written !== record.length) this.#report(`WEIRD: wrote ${written} of ${record.length} bytes`)
        return
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException
        if (code === 'EPIPE') throw error // stdout, when debugging: the reader has gone
        if (code !== 'EAGAIN') {
          this.#report(message)
          return
        }
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_MS) // a full pipe without waiting writes
      }
    }
  }
}

/** The kernel log for writing. @throws the system's error */
export function openKernelLog(path = '/dev/kmsg'): { readonly fd: number; close(): void } {
  const fd = openSync(path, constants.O_WRONLY)
  return { fd, close: () => closeSync(fd) }
}
