import type { Clock, Source } from '@logflow/core'
import { markedId, type FileIdentity } from './identity.ts'

/** Gives the contents that had one path their sources. */
export class SourceNames {
  readonly #place: Omit<Source, 'id'>
  readonly #clock: Clock
  #marks = 0

  /** `clock` gives the marks that tell contents of one inode apart. */
  constructor(place: Omit<Source, 'id'>, clock: Clock) {
    this.#place = place
    this.#clock = clock
  }

  /** As which a file is read. An empty one has nothing that tells it from what its inode held before. */
  of(identity: FileIdentity): Source {
    return identity.head.length === 0 ? this.another(identity) : { ...this.#place, id: identity.id }
  }

  /** As which a file is read that was cut: the inode is the same, and the head may be. */
  another({ id }: FileIdentity): Source {
    const mark = `${this.#clock.now().toString(36)}${(this.#marks++ % 36).toString(36)}`
    return { ...this.#place, id: markedId(id, mark) }
  }
}
