import type { Claims } from '../identity/claims.ts'
import type { ReadBuffer } from '../files/file-reader.ts'
import type { Marks } from '../identity/marks.ts'
import type { ResolvedFollowOptions } from '../options.ts'
import type { PathOpenerInit } from './opening.ts'
import type { CopyVerdict } from '../search/claim-copy.ts'
import type { OpenedSibling } from '../generation/generation-base.ts'
import type { UndecidedFiles } from '../files/undecided-files.ts'

/** What the files of one follow have in common. */
export interface FollowContext<File> {
  readonly options: ResolvedFollowOptions
  readonly buffer: ReadBuffer
  readonly claims: Claims
  readonly marks: Marks
  readonly undecided: UndecidedFiles
  /** Whether what a path names is a copy of what another file of this follow reads, as copytruncate makes one; of a `first` one, or of what an earlier run read. */
  readonly isCopy: (path: string, opened: OpenedSibling, first: boolean) => Promise<CopyVerdict>
  /** Whether what is packed beside a path is read by another file of this follow, under the name that it had. */
  readonly isReadBeside: (path: string, opened: OpenedSibling) => Promise<boolean>
  /** A path was opened there: growth is told where its file lies, not where a link to it lies. */
  readonly listenTo: (path: string, openedPath: string) => Promise<void>
  /** Whether so many files are open that those which wait for their turn are better closed. */
  readonly mustSpare: () => boolean
  /** Something is to be read in this file. */
  readonly wake: (file: File) => void
}

/** How one path of a follow is opened. */
export function openingOf<File>(
  path: string,
  { options, buffer, claims, marks, undecided, isCopy, isReadBeside }: FollowContext<File>,
  { owner, ...before }: Pick<PathOpenerInit, 'first' | 'from' | 'released'> & { readonly owner: number },
): PathOpenerInit {
  return {
    path,
    options,
    buffer,
    marks,
    undecided,
    ...before,
    isCopy: (opened, isFirst) => isCopy(path, opened, isFirst),
    isReadBeside: opened => isReadBeside(path, opened),
    ...claimingAs(owner, claims),
  }
}

/** How one path of a follow claims files. */
export function claimingAs(
  owner: number,
  claims: Claims,
): Pick<PathOpenerInit, 'claim' | 'isTaken' | 'release' | 'parts'> {
  return {
    parts: claims,
    claim: key => claims.claim(key, owner),
    isTaken: key => claims.ownerOf(key) !== undefined,
    release: key => claims.release(key),
  }
}
