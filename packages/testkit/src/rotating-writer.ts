import { copyFile, open, rename, rm, truncate, type FileHandle } from 'node:fs/promises'
import { existsSync } from 'node:fs'

/**
 * How a writer's file is rotated. `rename`: moved to `.1` and created anew; `copytruncate`: copied to `.1`, then cut;
 * `recreate`: deleted and created anew; `truncate`: cut without a copy.
 */
export type RotationKind = 'rename' | 'copytruncate' | 'recreate' | 'truncate'

/** Options of {@link rotatingWriter}. */
export interface RotatingWriterOptions {
  /** Rotated files that are kept. @defaultValue 100 */
  readonly keep?: number
  /** Bytes of one line, its newline included. @defaultValue 64 */
  readonly lineBytes?: number
}

/** Writes numbered lines to one path and rotates it, and knows what it wrote. */
export interface RotatingWriter extends AsyncDisposable {
  readonly path: string
  /** Every line that was written, without its newline: `<number> ` and padding. */
  readonly lines: readonly string[]
  write(count: number): Promise<void>
  rotate(kind: RotationKind): Promise<void>
  close(): Promise<void>
}

/** Opens the file for appending, as daemons do. */
export async function rotatingWriter(path: string, options: RotatingWriterOptions = {}): Promise<RotatingWriter> {
  return new Writer(path, options, await open(path, 'a'))
}

class Writer implements RotatingWriter {
  readonly path: string
  readonly lines: string[] = []
  readonly #keep: number
  readonly #lineBytes: number
  #file: FileHandle

  constructor(path: string, { keep = 100, lineBytes = 64 }: RotatingWriterOptions, file: FileHandle) {
    this.path = path
    this.#keep = keep
    this.#lineBytes = lineBytes
    this.#file = file
  }

  async write(count: number): Promise<void> {
    const added = Array.from({ length: count }, (_, i) => `${this.lines.length + i} `.padEnd(this.#lineBytes - 1, 'x'))
    await this.#file.appendFile(added.map(line => `${line}\n`).join(''))
    this.lines.push(...added)
  }

  async rotate(kind: RotationKind): Promise<void> {
    if (kind === 'rename' || kind === 'copytruncate') await this.#shift()
    if (kind === 'copytruncate') await copyFile(this.path, `${this.path}.1`)
    if (kind === 'copytruncate' || kind === 'truncate') return truncate(this.path)
    if (kind === 'rename') await rename(this.path, `${this.path}.1`)
    else await rm(this.path)
    await this.#file.close()
    this.#file = await open(this.path, 'a')
  }

  close(): Promise<void> {
    return this.#file.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** `.1` to `.2` and so on; the oldest goes. */
  async #shift(): Promise<void> {
    let last = 0
    while (existsSync(`${this.path}.${last + 1}`)) last++
    for (let i = last; i >= 1; i--) {
      if (i >= this.#keep) await rm(`${this.path}.${i}`)
      else await rename(`${this.path}.${i}`, `${this.path}.${i + 1}`)
    }
  }
}
