import type { Source } from '@logflow/core'
import { markedId, type FileIdentity } from './identity.ts'
import type { Marks } from './marks.ts'

/** Gives the contents that had one path their sources. */
export class SourceNames {
  readonly #place: Omit<Source, 'id'>
  readonly #marks: Marks

  constructor(place: Omit<Source, 'id'>, marks: Marks) {
    this.#place = place
    this.#marks = marks
  }

  /** As which a file is read. An empty one has nothing that tells it from what its inode held before. */
  of(identity: FileIdentity): Source {
    return identity.head.length === 0 ? this.another(identity) : { ...this.#place, id: identity.id }
  }

  /** As which a file is read that was cut: the inode is the same, and the head may be. */
  another({ id }: FileIdentity): Source {
    return { ...this.#place, id: markedId(id, this.#marks.next()) }
  }
}
