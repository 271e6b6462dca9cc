/**
 * What happened to a growing file: it grew, it was cut, its name belongs to another file now (`fd` has changed), or its
 * name is gone. `size` is the size of {@link GrowingFileLike.fd} from now on.
 */
export interface GrowingFileChangeLike {
  readonly kind: 'grew' | 'truncated' | 'rotated' | 'gone'
  readonly size: number
}

/** What serving needs of a file; `openGrowingFile` of `@logflow/tailer` gives it. Whoever opened it closes it. */
export interface GrowingFileLike {
  readonly path: string
  /** Descriptor of the generation that is appended to now. */
  readonly fd: number
  /** Bytes in it, as of the last change. */
  readonly size: number
  /** Every change from now on, in order. Read once. */
  changes(): AsyncIterable<GrowingFileChangeLike>
  /** Closes the descriptor of an earlier generation. */
  release?(fd: number): Promise<void>
}
