import type { Reopen } from '../files/drowsy-handle.ts'
import type { ReadBuffer } from '../files/file-reader.ts'
import type { ReadHandle } from '../files/file-system.ts'
import type { HomeFolder } from '../search/home-folder.ts'
import type { FileIdentity } from '../identity/identity.ts'
import type { Cutting } from '../lines/line-cutter.ts'
import type { SearchedPlace } from '../names/listing.ts'
import type { PackedSiblings } from '../search/packed-siblings.ts'
import type { SourceNames } from '../identity/source-names.ts'
import type { TakenFiles } from '../identity/taken-files.ts'
import type { UndecidedFiles } from '../files/undecided-files.ts'

/** What is needed to open generations of one path. */
export interface GenerationBase extends SearchedPlace, TakenFiles {
  readonly host: string
  readonly home: HomeFolder
  readonly names: SourceNames
  readonly buffer: ReadBuffer
  readonly cutting: Cutting
  readonly packed: PackedSiblings
  /** Makes a file this path's own; false when another path has it. */
  readonly claim: (key: string) => boolean
  /** Whether any path, this one too, has had it. */
  readonly isTaken: (key: string) => boolean
  /** Gives a claim up. */
  readonly release: (key: string) => void
  /** Opens a file of this path again, see {@link Reopen}. */
  readonly reopen: Reopen
  /** What the paths of this follow have open and do not know yet. */
  readonly undecided: UndecidedFiles
}

/** A sibling that was opened. */
export interface OpenedSibling {
  readonly handle: ReadHandle
  readonly identity: FileIdentity
}
