import type { FileFacts, ReadHandle } from './file-system.ts'

/** A handle that several hold: it is closed when the last of them has closed it. */
export class SharedHandle implements ReadHandle {
  readonly #handle: ReadHandle
  readonly #holders: { count: number }
  #closed = false

  /** Takes the handle over. */
  constructor(handle: ReadHandle, holders = { count: 0 }) {
    this.#handle = handle
    this.#holders = holders
    holders.count++
  }

  /** The same for somebody else, who has to close it too. */
  share(): SharedHandle {
    return new SharedHandle(this.#handle, this.#holders)
  }

  stat(options: { readonly bigint: true }): Promise<FileFacts> {
    return this.#handle.stat(options)
  }

  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }> {
    return this.#handle.read(buffer, offset, length, position)
  }

  close(): Promise<void> {
    const isLast = !this.#closed && --this.#holders.count === 0
    this.#closed = true
    return isLast ? this.#handle.close() : Promise.resolve()
  }
}
