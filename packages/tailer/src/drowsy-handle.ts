import type { FileFacts, ReadHandle } from './file-system.ts'

/** A file that was found again, and what it was then. */
export interface Reopened {
  readonly handle: ReadHandle
  readonly size: number
}

/** Opens again what a handle was open on, wherever it lies now; `undefined` when it is nowhere to be found. */
export type Reopen = () => Promise<Reopened | undefined>

/**
 * A handle that can be closed while nothing happens to its file, and opens it again when it is asked something. A file
 * that is gone by then has nothing more to say: it answers as it did last, and reads as empty.
 */
export class DrowsyHandle implements ReadHandle {
  readonly #reopen: Reopen
  #handle: ReadHandle | undefined
  #facts: FileFacts
  #gone = false
  #openedSize: number

  /** Takes the handle over; without one it is asleep. `facts` are those of its file when it was open. */
  constructor(handle: ReadHandle | undefined, facts: FileFacts, reopen: Reopen) {
    this.#handle = handle
    this.#facts = facts
    this.#openedSize = Number(facts.size)
    this.#reopen = reopen
  }

  /** Whether no descriptor is open. */
  get asleep(): boolean {
    return this.#handle === undefined
  }

  /** Whether the file was not found when it was to be opened again. */
  get gone(): boolean {
    return this.#gone
  }

  /** Gives the descriptor up until something is asked. */
  async sleep(): Promise<void> {
    const handle = this.#handle
    this.#handle = undefined
    await handle?.close()
  }

  /** Size of the file when it was opened for the last time. */
  get openedSize(): number {
    return this.#openedSize
  }

  /** Opens the file if it has to be; false when it is gone. */
  async wake(): Promise<boolean> {
    if (this.#gone || this.#handle) return !this.#gone
    const opened = await this.#reopen()
    this.#handle = opened?.handle
    this.#openedSize = opened?.size ?? 0
    this.#gone = opened === undefined
    return !this.#gone
  }

  async stat(options: { readonly bigint: true }): Promise<FileFacts> {
    if (await this.wake()) this.#facts = await (this.#handle as ReadHandle).stat(options)
    return this.#facts
  }

  async read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }> {
    if (!(await this.wake())) return { bytesRead: 0 }
    return (this.#handle as ReadHandle).read(buffer, offset, length, position)
  }

  async close(): Promise<void> {
    await this.sleep()
    this.#gone = true
  }
}
