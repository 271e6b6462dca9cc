import { closeSync, constants, openSync, readSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { UploaderError } from './errors.ts'

/** What the kernel formats a record into; a smaller buffer loses the record. */
const RECORD_BYTES = 8192

/** Something that gives one kernel record per read. */
export interface KmsgRecords {
  /** The next record; `nothing` when there is none now, `skipped` when the kernel passed one over. */
  read(): Uint8Array | 'nothing' | 'skipped'
  close(): void
}

/**
 * Opens the kernel log at its oldest record. Reads never wait: a waiting read would hold a thread of the pool for ever.
 *
 * @throws UploaderError `LF_UPLOADER_KMSG`, also from `read`
 */
export function openKmsg(path = '/dev/kmsg'): KmsgRecords {
  let fd: number
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (cause) {
    throw new UploaderError('LF_UPLOADER_KMSG', `cannot open the kernel log ${path}`, { cause, detail: { path } })
  }
  return { read: () => readRecord(fd, path), close: () => closeSync(fd) }
}

/** One read is one record. An overwritten one (EPIPE) shows as a jump of the next one's sequence. */
function readRecord(fd: number, path: string): Uint8Array | 'nothing' | 'skipped' {
  const buffer = new Uint8Array(RECORD_BYTES)
  for (;;) {
    try {
      const size = readSync(fd, buffer, 0, RECORD_BYTES, null)
      return size === 0 ? 'nothing' : buffer.subarray(0, size)
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException
      if (code === 'EAGAIN') return 'nothing'
      if (code === 'EINVAL') return 'skipped'
      if (code !== 'EPIPE' && code !== 'EINTR')
        throw new UploaderError('LF_UPLOADER_KMSG', `cannot read the kernel log ${path}`, { cause, detail: { path } })
    }
  }
}

/** Which boot this is. */
export async function readBootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'latin1')).trim()
}
