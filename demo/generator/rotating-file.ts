import { createHash, type Hash } from 'node:crypto'
import { closeSync, existsSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'

/** Options of {@link RotatingFile}. */
export interface RotatingFileOptions {
  /** Rotate once the file has this many bytes. */
  readonly rotateBytes: number
  /** Rotated files kept; the oldest goes. */
  readonly keep: number
}

/**
 * A log file that is rotated by rename, as logrotate and nginx do it between them: first the file gets its new name,
 * then the writer, who does not know yet, writes once more to the old one, then it opens a new file. For a moment
 * nothing has the old name, and a follower must still read what was written after the rename.
 */
export class RotatingFile {
  readonly path: string
  readonly #options: RotatingFileOptions
  readonly #hash: Hash = createHash('sha256')
  #file: number
  #size = 0
  #renamed = false
  #bytes = 0
  #rotations = 0

  constructor(path: string, options: RotatingFileOptions) {
    this.path = path
    this.#options = options
    this.#file = openSync(path, 'ax')
  }

  /** Bytes written so far, across rotations. */
  get bytes(): number {
    return this.#bytes
  }
  get rotations(): number {
    return this.#rotations
  }

  /** SHA-256 over everything written so far, across rotations, as lower-case hex. */
  sha256(): string {
    return this.#hash.copy().digest('hex')
  }

  /** Writes whole lines. Synchronous, because a program that logs does not wait either. */
  write(lines: Uint8Array): void {
    for (let at = 0; at < lines.length;) at += writeSync(this.#file, lines, at)
    this.#hash.update(lines)
    this.#bytes += lines.length
    this.#size += lines.length
    if (this.#renamed) this.#reopen()
    else if (this.#size >= this.#options.rotateBytes) this.#rename()
  }

  /** Ends as a rotation ends: with a file, perhaps empty, under the old name. */
  close(): void {
    if (this.#renamed) this.#reopen()
    closeSync(this.#file)
  }

  #rename(): void {
    const { keep } = this.#options
    rmSync(`${this.path}.${keep}`, { force: true })
    for (let n = Math.min(keep - 1, this.#rotations); n >= 1; n--) {
      if (existsSync(`${this.path}.${n}`)) renameSync(`${this.path}.${n}`, `${this.path}.${n + 1}`)
    }
    renameSync(this.path, `${this.path}.1`)
    this.#rotations++
    this.#renamed = true
  }

  #reopen(): void {
    closeSync(this.#file)
    this.#file = openSync(this.path, 'ax')
    this.#size = 0
    this.#renamed = false
  }
}
