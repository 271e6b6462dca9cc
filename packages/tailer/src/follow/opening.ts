import type { Delivery } from '@logflow/core'
import type { ReadBuffer } from '../files/file-reader.ts'
import type { Generation } from '../generation/generation.ts'
import type { Marks } from '../identity/marks.ts'
import type { ResolvedFollowOptions } from '../options.ts'
import type { ReleasedContent } from '../resting/resting-file.ts'
import type { CopyVerdict } from '../search/claim-copy.ts'
import type { OpenedSibling } from '../generation/generation-base.ts'
import type { Parts } from '../identity/taken-files.ts'
import type { UndecidedFiles } from '../files/undecided-files.ts'

/** What a `PathOpener` needs to know. */
export interface PathOpenerInit {
  readonly path: string
  readonly options: ResolvedFollowOptions
  readonly buffer: ReadBuffer
  /** Shared by all paths, and by what is made anew of one that was at rest. */
  readonly marks: Marks
  readonly claim: (key: string) => boolean
  readonly isTaken: (key: string) => boolean
  readonly release: (key: string) => void
  readonly parts: Parts
  readonly undecided: UndecidedFiles
  /** What was read under the path before. */
  readonly released?: readonly ReleasedContent[] | undefined
  /** It is taken up as following begins: every file that is there is wanted then, copies too. */
  readonly first: boolean
  /** Where to begin, if not where that says. */
  readonly from?: ResolvedFollowOptions['from'] | undefined
  /** Whether a file is a copy of what another path of this follow reads, or, if it is a `first` one, what an earlier run read. */
  readonly isCopy: (opened: OpenedSibling, first: boolean) => Promise<CopyVerdict>
  /** Whether what is packed beside the path is read under the name that it had, which a pattern matches, too. */
  readonly isReadBeside: (opened: OpenedSibling) => Promise<boolean>
}

/** What the path's reader holds while another file is opened. */
export interface HeldGenerations {
  /** The last one that was opened, while it is to be read. */
  readonly newest: Generation | undefined
  /** All, those too that only linger. */
  readonly held: readonly Generation[]
  /** Gives up one that only lingers, to be read again under its name. */
  readonly takeBack: (fileKey: string) => Generation | undefined
}

/** What was opened: to be read in this order, after the notices were told. */
export interface Opened {
  readonly generations: readonly Generation[]
  readonly notices: readonly Delivery[]
  /** The path that was opened; `undefined` when nothing new was there. */
  readonly openedPath?: string | undefined
  /** Names moved, among which what was left of it may be: to be asked again at once. */
  readonly again?: boolean
}

/** There was nothing to open. */
export const NOTHING: Opened = { generations: [], notices: [] }
/** Names moved. */
export const MOVING: Opened = { ...NOTHING, again: true }
