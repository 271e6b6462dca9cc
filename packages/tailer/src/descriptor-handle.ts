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
    return this.#ask((resolve, reject) => {
      fstat(this.fd, options, (error, stats) => (error ? reject(error) : resolve(stats)))
    })
  }

  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }> {
    return this.#ask((resolve, reject) => {
      read(this.fd, buffer, offset, length, position, (error, bytesRead) =>
        error ? reject(error) : resolve({ bytesRead }),
      )
    })
  }

  /** Waits for what was asked before: the number is another file's as soon as it is closed. Once, however often it is called. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  async #close(): Promise<void> {
    if (this.#busy > 0) await new Promise<void>(resolve => void (this.#onRest = resolve))
    await new Promise<void>((resolve, reject) => close(this.fd, error => (error ? reject(error) : resolve())))
  }

  async #ask<T>(work: (resolve: (value: T) => void, reject: (error: Error) => void) => void): Promise<T> {
    if (this.#closing) throw Object.assign(new Error('EBADF: the file is closed'), { code: 'EBADF' })
    this.#busy++
    try {
      return await new Promise<T>(work)
    } finally {
      if (--this.#busy === 0) this.#onRest()
    }
  }
}
