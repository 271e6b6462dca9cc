import { closeSync, fstatSync, openSync } from 'node:fs'
import { SendfileError } from './errors.ts'

/** One open file with everybody who reads it. */
export interface OpenFile<Reader> {
  readonly fd: number
  readonly readers: Set<Reader>
  /** Counts the announcements of new bytes, so that a read that was under way meanwhile is known to be stale. */
  announcements: number
}

/**
 * Descriptors of our own, one per file however many read it, closed with the last reader. Files are known by device and
 * inode: the numbers of descriptors are used again, sometimes within the same turn.
 */
export class OpenFiles<Reader> {
  readonly #files = new Map<string, OpenFile<Reader> & { readonly owned: boolean }>()

  /** @throws SendfileError `LF_SENDFILE_START` when `fd` is not an open regular file */
  enter(fd: number, reader: Reader): OpenFile<Reader> {
    const key = keyOf(fd)
    let file = this.#files.get(key)
    if (!file) {
      const own = reopen(fd)
      file = { fd: own ?? fd, owned: own !== undefined, readers: new Set(), announcements: 0 }
      this.#files.set(key, file)
    }
    file.readers.add(reader)
    return file
  }

  find(fd: number): OpenFile<Reader> | undefined {
    return this.#files.get(keyOf(fd))
  }

  leave(file: OpenFile<Reader>, reader: Reader): void {
    file.readers.delete(reader)
    if (file.readers.size > 0) return
    for (const [key, known] of this.#files) {
      if (known !== file) continue
      this.#files.delete(key)
      if (known.owned) closeSync(known.fd)
    }
  }
}

function keyOf(fd: number): string {
  try {
    const facts = fstatSync(fd, { bigint: true })
    if (facts.isFile()) return `${facts.dev}:${facts.ino}`
  } catch (cause) {
    throw new SendfileError('LF_SENDFILE_START', 'cannot send from a file that is not open', { cause, detail: { fd } })
  }
  throw new SendfileError('LF_SENDFILE_START', 'cannot send from what is not a regular file', { detail: { fd } })
}

/** Node has no dup(2). Opening the descriptor's own name works on Linux (also for a deleted file) and on macOS. */
function reopen(fd: number): number | undefined {
  try {
    return openSync(`/dev/fd/${fd}`, 'r')
  } catch {
    return undefined // The caller's descriptor has to do, and has to stay open.
  }
}
