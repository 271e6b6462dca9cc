import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, copyFileSync, existsSync, openSync, renameSync, rmSync, truncateSync, writeSync } from 'node:fs'
import type { Random } from '@logflow/testkit'

const KEPT_GENERATIONS = 9

/**
 * A log that somebody writes to, from its first byte to its last across every rotation. All generations begin with the
 * same line, and a rotated one is written to until the writer takes the new file, as daemons do.
 */
export class GrowingLog {
  readonly path: string
  readonly #random: Random
  readonly #hash = createHash('sha256')
  #fd: number
  #bytes = 0
  #line = 0
  #rotations = 0

  constructor(path: string, random: Random) {
    this.path = path
    this.#random = random
    this.#fd = openSync(path, 'a')
    this.#header()
  }

  /** Bytes written so far. */
  get bytes(): number {
    return this.#bytes
  }
  get rotations(): number {
    return this.#rotations
  }
  /** SHA-256 of everything that was written. */
  digest(): string {
    return this.#hash.copy().digest('hex')
  }

  write(lines: number): void {
    let text = ''
    for (let i = 0; i < lines; i++) text += `${this.#line++} ${'x'.repeat(this.#random.below(200))}\n`
    this.#append(text)
  }

  /** One of the ways in which logrotate does it; at times the generation before is packed as well. */
  rotate(): void {
    this.#rotations++
    const { path } = this
    rmSync(`${path}.${KEPT_GENERATIONS}.gz`, { force: true })
    for (let i = KEPT_GENERATIONS - 1; i >= 1; i--)
      for (const suffix of ['', '.gz'])
        if (existsSync(`${path}.${i}${suffix}`)) renameSync(`${path}.${i}${suffix}`, `${path}.${i + 1}${suffix}`)
    if (this.#random.oneIn(4)) {
      copyFileSync(path, `${path}.1`)
      truncateSync(path, 0)
    } else {
      renameSync(path, `${path}.1`)
      this.write(this.#random.below(20)) // late, into the renamed file
      closeSync(this.#fd)
      this.#fd = openSync(path, 'a')
    }
    if (this.#random.oneIn(3) && existsSync(`${path}.2`)) execFileSync('gzip', [`${path}.2`])
    this.#header()
  }

  close(): void {
    closeSync(this.#fd)
  }

  #header(): void {
    this.#append('time level message\n')
  }

  #append(text: string): void {
    const bytes = Buffer.from(text)
    writeSync(this.#fd, bytes)
    this.#hash.update(bytes)
    this.#bytes += bytes.length
  }
}
