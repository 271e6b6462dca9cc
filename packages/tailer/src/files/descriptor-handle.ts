import { close, fstat, fstatSync, open, read, type BigIntStats } from 'node:fs'
import type { ReadHandle } from './file-system.ts'

/**
 * A descriptor that is open for reading. `FileHandle` of Node does the same and costs several times as much: each stays
 * in memory until all of the heap is looked through, which tens of thousands of files notice.
 */
export class DescriptorHandle implements ReadHandle {
  /** Good until {@link DescriptorHandle.close}. */
  readonly fd: number
  readonly #far: boolean
  #busy = 0
  #closing: Promise<void> | undefined
  #onRest: () => void = () => {}

  private constructor(fd: number, far: boolean) {
    this.fd = fd
    this.#far = far
  }

  /** Opens as `open(2)` does, with its flags. With `far` the file may lie on another machine: nothing is asked at once. */
  static open(path: string, flags: number, { far = false } = {}): Promise<DescriptorHandle> {
    return new Promise((resolve, reject) => {
      open(path, flags, (error, fd) => (error ? reject(error) : resolve(new DescriptorHandle(fd, far))))
    })
  }

  async stat(options: { readonly bigint: true }): Promise<BigIntStats> {
    if (!this.#far && !this.#closing) return fstatSync(this.fd, options)
    return this.#ask(answer => fstat(this.fd, options, answer))
  }

  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }> {
    return this.#ask(answer => {
      read(this.fd, buffer, offset, length, position, (error, bytesRead) => answer(error, { bytesRead }))
    })
  }

  /** Waits for what was asked before: the number is another file's as soon as it is closed. Once, however often it is called. */
  close(): Promise<void> {
    return (this.#closing ??= this.#busy > 0 ? this.#closeAtRest() : this.#closeNow())
  }

  async #closeAtRest(): Promise<void> {
    await new Promise<void>(resolve => void (this.#onRest = resolve))
    await this.#closeNow()
  }

  #closeNow(): Promise<void> {
    return new Promise((resolve, reject) => close(this.fd, error => (error ? reject(error) : resolve())))
  }

  /** One promise for each question and no function that waits for it: a file that is begun asks dozens. */
  #ask<T>(work: (answer: (error: Error | null, value: T) => void) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#closing) throw Object.assign(new Error('EBADF: the file is closed'), { code: 'EBADF' })
      work((error, value) => {
        if (error) reject(error)
        else resolve(value)
        if (--this.#busy === 0) this.#onRest()
      })
      this.#busy++
    })
  }
}
