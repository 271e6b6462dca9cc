import type { Claims } from './claims.ts'
import type { ReadBuffer } from './file-reader.ts'
import type { ResolvedFollowOptions } from './options.ts'
import type { CopyVerdict, OpenedSibling } from './siblings.ts'
import type { DirectoryWatch } from './watch.ts'

/** What the files of one follow have in common. */
export interface FollowContext<File> {
  readonly options: ResolvedFollowOptions
  readonly buffer: ReadBuffer
  readonly claims: Claims<File>
  readonly watch: DirectoryWatch
  /** Whether what a path names is a copy of what another file of this follow reads, as copytruncate makes one. */
  readonly isCopy: (path: string, opened: OpenedSibling) => Promise<CopyVerdict>
  /** Something is to be read in this file. */
  readonly wake: (file: File) => void
}
