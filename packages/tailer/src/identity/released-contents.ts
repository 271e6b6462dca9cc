import type { Generation } from '../generation/generation.ts'
import { knownOf } from './copies.ts'
import { proofOfHead } from './known-head.ts'
import { openProven, type OpenedFile } from '../checkpoint/resume.ts'
import type { ReleasedContent } from '../resting/resting-file.ts'

/** Files that were let go and are still recognised when they come back. */
const MAX_RELEASED = 16

/** What was read of generations that are not open any more: files come back, and are copied and packed. */
export class ReleasedContents {
  readonly #contents: ReleasedContent[]

  constructor(resting: readonly ReleasedContent[] = []) {
    this.#contents = [...resting]
  }

  /** The last ones, youngest first. */
  get all(): readonly ReleasedContent[] {
    return this.#contents
  }

  /**
   * Remembers how far a generation was read, and after it its copy, which has the same source. The one that is forgotten
   * for it, if any.
   */
  remember(generation: Generation, atMs: number): ReleasedContent | undefined {
    const content = { ...knownOf(generation), ...generation.token, atMs, whole: generation.isWhole }
    const known = this.#contents.findIndex(({ sourceId }) => sourceId === content.sourceId)
    if (known !== -1 && (this.#contents[known] as ReleasedContent).offset > content.offset) return undefined
    if (known !== -1) this.#contents.splice(known, 1)
    this.#contents.unshift(content)
    return this.#contents.length > MAX_RELEASED ? this.#contents.pop() : undefined
  }

  /** The generation that an opened file is, to be read on, if it was let go. */
  async takeBack(file: OpenedFile): Promise<Generation | undefined> {
    for (const { sourceId, offset, tailHash } of this.#contents) {
      const generation = offset > 0 ? await openProven(file, { sourceId, offset, tailHash }) : undefined
      if (generation) return generation
    }
    return undefined
  }

  /** What is to be kept while nothing happens. */
  rest(): readonly ReleasedContent[] | undefined {
    if (this.#contents.length === 0) return undefined
    return this.#contents.map(known => ({ ...known, head: proofOfHead(known.head) }))
  }
}
