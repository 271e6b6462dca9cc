import { statSync, type Stats } from 'node:fs'

/**
 * Asks whether anything about a path has changed since it was last asked. Blocks for a microsecond or two, a tenth of
 * what a promise costs: for a look at thousands of files on disks of this machine.
 */
export class Glance {
  readonly #path: string
  #last: Stats | undefined
  #asked = false

  constructor(path: string) {
    this.#path = path
  }

  /** True the first time, too. */
  changed(): boolean {
    const last = this.#last
    const asked = this.#asked
    try {
      this.#last = statSync(this.#path, { throwIfNoEntry: false })
    } catch {
      return true // whoever looks properly will say why
    }
    this.#asked = true
    return !asked || !isSame(this.#last, last)
  }
}

function isSame(a: Stats | undefined, b: Stats | undefined): boolean {
  if (!a || !b) return a === b
  return a.ino === b.ino && a.dev === b.dev && a.size === b.size && a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs
}
