import type { ResumeToken } from '@logflow/core'

/**
 * What happened to a growing file: it grew, it was cut, its name belongs to another file now (`fd` has changed), or its
 * name is gone. `size` is the size of {@link GrowingFileLike.fd} from now on.
 */
export interface GrowingFileChangeLike {
  readonly kind: 'grew' | 'truncated' | 'rotated' | 'gone'
  readonly size: number
}

/** A file that had the name before the one that has it now. */
export interface EarlierFileLike {
  readonly fd: number
  readonly sourceId: string
  /** Bytes in it; nothing is appended any more. */
  readonly size: number
  close(): Promise<void>
}

/** What serving needs of a file; `openGrowingFile` of `@logflow/tailer` gives it. Whoever opened it closes it. */
export interface GrowingFileLike {
  readonly path: string
  /** Descriptor of the generation that is appended to now. */
  readonly fd: number
  /** Bytes in it, as of the last change. */
  readonly size: number
  /** Its identity; needed, with the next two, to answer `resume`. */
  readonly source?: { readonly id: string } | undefined
  /** Every change from now on, in order. Read once. */
  changes(): AsyncIterable<GrowingFileChangeLike>
  /** Closes the descriptor of an earlier generation. */
  release?(fd: number): Promise<void>
  /** The token of who has everything before `offset` of the open file `fd`, which is known as `sourceId`. */
  tokenAt?(place: { readonly fd: number; readonly sourceId: string; readonly offset: number }): Promise<ResumeToken>
  /**
   * From the file that a token speaks of on, oldest first, everything that had the name before the one that has it
   * now: nothing when that is the one. `undefined` when it is not there any more.
   */
  since?(token: ResumeToken): Promise<readonly EarlierFileLike[] | undefined>
}
