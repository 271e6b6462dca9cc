import { dirname } from 'node:path'
import type { FileSystem, GlanceFacts } from './file-system.ts'

/**
 * Asks whether anything about a path has changed since it was last asked. Blocks for a microsecond or two, a tenth of
 * what a promise costs: for a look at thousands of files on disks of this machine.
 */
export class Glance {
  readonly #path: string
  readonly #fileSystem: FileSystem
  #last: string | undefined

  /** `last` is what an earlier one of the same path saw. */
  constructor(path: string, fileSystem: FileSystem, last?: string) {
    this.#path = path
    this.#fileSystem = fileSystem
    this.#last = last
  }

  /** What was seen, to be compared with {@link glanceAt}. */
  get last(): string | undefined {
    return this.#last
  }

  /** A proper look came after it. What that saw go, or come, may look the same at the next glance as at the last one. */
  hold(isNamed: boolean): void {
    if (this.#last?.startsWith(FOLDER) === isNamed) this.#last = undefined
  }

  /** True the first time, too. */
  changed(): boolean {
    const last = this.#last
    try {
      this.#last = glanceAt(this.#path, this.#fileSystem)
    } catch {
      return true // whoever looks properly will say why
    }
    return this.#last !== last
  }
}

/** What a text begins with that is of the folder, as the path names nothing. */
const FOLDER = '/'
/** Into so many parts of a millisecond a time of this century can be told as a number. */
const TIME_PARTS = 4096

/** What a glance at a path gives: facts as one word. @throws what the system says */
export function glanceAt(path: string, fileSystem: FileSystem): string {
  const facts = fileSystem.glance(path)
  // Of what is not there only the folder can tell that it was meanwhile.
  return facts ? textOf(facts) : FOLDER + textOf(fileSystem.glance(dirname(path)))
}

/** One word, which is kept for each of thousands of files in a tenth of what the facts would take. */
function textOf(facts: GlanceFacts | undefined): string {
  if (!facts) return 'nothing'
  const { ino, dev, size, mtimeMs, ctimeMs } = facts
  // Times are told to a part of a millisecond, of which a power of two is a whole number.
  return [ino, dev, size, mtimeMs * TIME_PARTS, ctimeMs * TIME_PARTS].map(fact => fact.toString(36)).join(' ')
}
