import { basename, dirname } from 'node:path'
import type { OpenFile } from './open-file.ts'
import { isRotatedName } from '../names/rotated-names.ts'
import { SharedHandle } from './shared-handle.ts'

interface Undecided {
  readonly path: string
  readonly opening: Promise<unknown>
  /** Once it is open. */
  handle?: SharedHandle
}

/**
 * Files of one follow that were opened under a path of their own, and of which it is still to be seen whether they are
 * copies. Who searches for a copy looks at these too: their names may be gone by then, so that nobody but the one who
 * asks what they are has them.
 */
export class UndecidedFiles {
  readonly #files = new Set<Undecided>()

  /** Opens what `path` names; from now on it is undecided, until {@link UndecidedFiles.decide}. */
  async open<File extends OpenFile>(path: string, open: () => Promise<File>): Promise<File & { handle: SharedHandle }> {
    const opening = open()
    const undecided: Undecided = { path, opening }
    this.#files.add(undecided)
    try {
      const opened = await opening
      const handle = (undecided.handle = new SharedHandle(opened.handle))
      return Object.assign(opened, { handle })
    } catch (error) {
      this.#files.delete(undecided)
      throw error
    }
  }

  /** It is known what a file is. */
  decide(handle: SharedHandle): void {
    for (const undecided of this.#files) if (undecided.handle === handle) this.#files.delete(undecided)
  }

  /** Those that have a rotated name of `path`; each is to be closed. */
  async beside(path: string): Promise<SharedHandle[]> {
    const near = [...this.#files].filter(other => isBeside(other.path, path))
    await Promise.allSettled(near.map(({ opening }) => opening))
    return near.flatMap(undecided => (this.#files.has(undecided) && undecided.handle?.share()) || [])
  }
}

function isBeside(other: string, path: string): boolean {
  return dirname(other) === dirname(path) && isRotatedName(basename(other), basename(path))
}
