import { fdatasync, fstat } from 'node:fs'
import { open } from 'node:fs/promises'
import { promisify } from 'node:util'
import { PROOF_BYTES, type Position } from './position.ts'

/** How long the output was, when it is a file. */
export interface OutputMark {
  /** Device and inode. */
  readonly file: string
  readonly size: number
}

/**
 * The output as far as it is on disk, or `undefined` when it is no regular file. To be called before a place is saved:
 * after a power cut the place must not be ahead of the bytes.
 */
export async function markOutput(fd: number): Promise<OutputMark | undefined> {
  const stats = await promisify(fstat)(fd)
  if (!stats.isFile()) return undefined
  await promisify(fdatasync)(fd)
  return { file: `${stats.dev}-${stats.ino}`, size: stats.size }
}

/**
 * Moves `position` over what reached the output after `mark` was taken, so that it does not come twice. Those bytes are
 * of the same remote file, as a place is saved whenever another one begins; the server proves them like all others.
 *
 * @returns how many bytes that were
 */
export async function passWritten(position: Position, mark: OutputMark, fd: number): Promise<number> {
  const stats = await promisify(fstat)(fd)
  const written = stats.size - mark.size
  if (!stats.isFile() || `${stats.dev}-${stats.ino}` !== mark.file || written <= 0) return 0
  const tail = new Uint8Array(Math.min(written, PROOF_BYTES))
  try {
    // The descriptor itself was opened for writing.
    const output = await open(`/dev/fd/${fd}`, 'r')
    try {
      const { bytesRead } = await output.read(tail, 0, tail.length, stats.size - tail.length)
      if (bytesRead !== tail.length) return 0
    } finally {
      await output.close()
    }
  } catch {
    return 0 // Not readable here: the bytes come twice.
  }
  position.advanceBy(written, tail)
  return written
}
