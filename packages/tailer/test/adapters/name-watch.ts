import { promises } from 'node:fs'

/** What {@link NameWatch} tells. Nothing is told after `stop`. */
export interface NameListener {
  /** The name is there. Comes at every look; `size` is in bytes. */
  readonly onSeen?: (facts: { readonly size: number; readonly inode: bigint }) => void
  /** The name is gone, for the so-manieth look in a row. */
  readonly onMissing: (error: Error, attempts: number) => void
  /** Anything else that the system said. */
  readonly onFailure?: (error: Error) => void
}

/**
 * Looks at a name again and again. The two libraries count how often a name is missing and give up; `follow` has no
 * such notion, it waits for the name as long as it is asked to.
 */
export class NameWatch {
  readonly #path: string
  readonly #listener: NameListener
  readonly #everyMs: { readonly seen: number; readonly missing: number }
  #missing = 0
  #timer: NodeJS.Timeout | undefined
  #stopped = false

  constructor(path: string, everyMs: { readonly seen: number; readonly missing: number }, listener: NameListener) {
    this.#path = path
    this.#everyMs = everyMs
    this.#listener = listener
  }

  /** Looks now, and from now on. */
  async look(): Promise<void> {
    clearTimeout(this.#timer)
    try {
      const { size, ino } = await promises.stat(this.#path, { bigint: true })
      this.#missing = 0
      if (!this.#stopped) this.#listener.onSeen?.({ size: Number(size), inode: ino })
    } catch (error) {
      if (this.#stopped) return
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return this.#listener.onFailure?.(error as Error)
      this.#listener.onMissing(error as Error, ++this.#missing)
    }
    if (this.#stopped) return
    clearTimeout(this.#timer)
    const { seen, missing } = this.#everyMs
    this.#timer = setTimeout(() => void this.look(), this.#missing > 0 ? missing : seen)
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }
}
