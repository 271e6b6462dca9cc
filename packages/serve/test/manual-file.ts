import {
  appendFileSync,
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createChannel } from '@logflow/core'
import type { GrowingFileChangeLike, OwnedGrowingFile } from '../src/index.ts'

/** A real file whose changes are told when the test says so. */
export class ManualFile implements OwnedGrowingFile, Disposable {
  readonly path: string
  fd: number
  size: number
  readonly released: number[] = []
  readonly #folder: string
  readonly #changes = createChannel<GrowingFileChangeLike>({ capacity: 1000, overflow: 'fail' })
  readonly #descriptors = new Set<number>()

  constructor(text: string | Uint8Array) {
    this.#folder = mkdtempSync(join(tmpdir(), 'serve-'))
    this.path = join(this.#folder, 'app.log')
    writeFileSync(this.path, text)
    this.fd = this.#open()
    this.size = Buffer.byteLength(text)
  }

  changes(): AsyncIterable<GrowingFileChangeLike> {
    return this.#changes
  }

  async append(text: string | Uint8Array): Promise<void> {
    appendFileSync(this.path, text)
    await this.tell('grew', this.size + Buffer.byteLength(text))
  }

  /** Renames the file and creates a new one with `text`. */
  async rotate(text: string): Promise<string> {
    const old = `${this.path}.${this.released.length + this.#descriptors.size}`
    renameSync(this.path, old)
    writeFileSync(this.path, text)
    this.fd = this.#open()
    await this.tell('rotated', text.length)
    return old
  }

  async truncate(text: string): Promise<void> {
    truncateSync(this.path, 0)
    appendFileSync(this.path, text)
    await this.tell('truncated', text.length)
  }

  async tell(kind: GrowingFileChangeLike['kind'], size = this.size): Promise<void> {
    this.size = size
    await this.#changes.send({ kind, size })
  }

  async release(fd: number): Promise<void> {
    this.released.push(fd)
    this.#descriptors.delete(fd)
    closeSync(fd)
  }

  async close(): Promise<void> {
    this.#changes.close()
  }

  [Symbol.dispose](): void {
    this.#changes.close()
    for (const fd of this.#descriptors) closeSync(fd)
    rmSync(this.#folder, { recursive: true, force: true })
  }

  text(): string {
    return readFileSync(this.path, 'utf8')
  }

  #open(): number {
    const fd = openSync(this.path, 'r')
    this.#descriptors.add(fd)
    return fd
  }
}
