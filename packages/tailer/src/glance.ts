import { dirname } from 'node:path'
import type { FileSystem, GlanceFacts } from './file-system.ts'

/**
 * Asks whether anything about a path has changed since it was last asked. Blocks for a microsecond or two, a tenth of
 * what a promise costs: for a look at thousands of files on disks of this machine.
 */
export class Glance {
  readonly #path: string
  readonly #fileSystem: FileSystem
  #last: GlanceFacts | undefined
  #asked = false

  constructor(path: string, fileSystem: FileSystem) {
    this.#path = path
    this.#fileSystem = fileSystem
  }

  /** True the first time, too. */
  changed(): boolean {
    const last = this.#last
    const asked = this.#asked
    try {
      // Of what is not there only the folder can tell that it was meanwhile.
      this.#last = this.#fileSystem.glance(this.#path) ?? this.#fileSystem.glance(dirname(this.#path))
    } catch {
      return true // whoever looks properly will say why
    }
    this.#asked = true
    return !asked || !isSame(this.#last, last)
  }
}

function isSame(a: GlanceFacts | undefined, b: GlanceFacts | undefined): boolean {
  if (!a || !b) return a === b
  return a.ino === b.ino && a.dev === b.dev && a.size === b.size && a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs
}
