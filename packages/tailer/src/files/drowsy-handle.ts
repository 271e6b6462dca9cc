import { systemCode } from '../errors.ts'
import type { FileFacts, ReadHandle } from './file-system.ts'
import { claimKeyOf, factsOf, type SeenIdentity } from '../identity/identity.ts'

/** A file that was found again, and what it was then. */
export interface Reopened {
  readonly handle: ReadHandle
  readonly size: number
  /** Device and inode: the device may have another number since. */
  readonly inodeKey: string
}

/** Opens again what has this claim key, wherever it lies now; `undefined` when it is nowhere, `away` when its folder is. */
export type Reopen = (key: string) => Promise<Reopened | 'away' | undefined>

const NOTHING_READ = { bytesRead: 0 }

/**
 * A handle that can be closed while nothing happens to its file, and opens it again when it is asked something. A file
 * that is gone by then has nothing more to say: it answers as it did last, and reads as empty.
 */
export class DrowsyHandle implements ReadHandle {
  readonly #reopen: Reopen
  #handle: ReadHandle | undefined
  #facts: FileFacts
  #gone: 'no' | 'gone' | 'away' = 'no'
  #openedSize: number
  #openings = 0
  /** Its server does not know the handle any more, and it could not be opened again yet. */
  #forgotten = false
  #inodeKey: string

  /** Takes the handle over; without one it is asleep. `identity` is that of its file when it was open. */
  constructor(handle: ReadHandle | undefined, identity: SeenIdentity, reopen: Reopen) {
    this.#handle = handle
    this.#facts = factsOf(identity)
    this.#openedSize = identity.size
    this.#inodeKey = identity.inodeKey
    this.#reopen = reopen
  }

  /** Whether no descriptor is open, and none needs to be. */
  get asleep(): boolean {
    return this.#handle === undefined && !this.#forgotten
  }

  /** Whether the file was not found when it was to be opened again. */
  get gone(): boolean {
    return this.#gone !== 'no'
  }

  /** Whether its folder was away then: it may be there all the same. */
  get away(): boolean {
    return this.#gone === 'away'
  }

  /** The file was seen again: it is to be opened when it is asked something. */
  comeBack(): void {
    this.#gone = 'no'
  }

  /** Gives the descriptor up until something is asked. */
  sleep(): Promise<void> {
    const handle = this.#handle
    this.#handle = undefined
    this.#forgotten = false
    return handle?.close() ?? Promise.resolve()
  }

  /** How often it was opened again. */
  get openings(): number {
    return this.#openings
  }

  /** Size of the file when it was opened for the last time. */
  get openedSize(): number {
    return this.#openedSize
  }

  /** Device and inode of the file when it was opened for the last time. */
  get inodeKey(): string {
    return this.#inodeKey
  }

  /** Opens the file if it has to be; false when it is gone. */
  async wake(): Promise<boolean> {
    if (this.gone || this.#handle) return !this.gone
    const found = await this.#reopen(claimKeyOf({ inodeKey: this.#inodeKey, birthNs: this.#facts.birthtimeNs }))
    const opened = found === 'away' ? undefined : found
    this.#handle = opened?.handle
    this.#forgotten = false
    this.#openings++
    this.#openedSize = opened?.size ?? 0
    this.#inodeKey = opened?.inodeKey ?? this.#inodeKey
    if (!opened) this.#gone = found === 'away' ? found : 'gone'
    return !this.gone
  }

  async stat(options: { readonly bigint: true }): Promise<FileFacts> {
    this.#facts = await this.#ask(handle => handle.stat(options), this.#facts)
    return this.#facts
  }

  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }> {
    return this.#ask(handle => handle.read(buffer, offset, length, position), NOTHING_READ)
  }

  async close(): Promise<void> {
    await this.sleep()
    this.#gone = 'gone'
  }

  /** `otherwise` when the file is gone. A handle that its server has forgotten (`ESTALE`) is as good as a closed one. */
  async #ask<T>(question: (handle: ReadHandle) => Promise<T>, otherwise: T): Promise<T> {
    if (this.gone || (!this.#handle && !(await this.wake()))) return otherwise
    return question(this.#handle as ReadHandle).catch(async (error: unknown) => {
      if (systemCode(error) !== 'ESTALE') throw error
      await this.sleep()
      this.#forgotten = true // until it is open again, which may fail
      return (await this.wake()) ? question(this.#handle as ReadHandle) : otherwise
    })
  }
}
