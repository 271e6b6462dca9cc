import type { ResumeToken } from '@logflow/core'
import type { KnownContent } from '../identity/copies.ts'
import type { ResolvedFollowOptions } from '../options.ts'
import type { StillMissing } from '../checkpoint/resume.ts'
import type { RestingGeneration } from './resting-generation.ts'
import type { RestingSurroundings } from '../search/surroundings.ts'

/**
 * What is kept of a followed path while nothing happens to it: one generation, read to its end and closed. No handle,
 * no listener, no timer and no bytes of the file, so that tens of thousands of them cost little; whatever is heard of
 * the path makes a `FollowedFile` of it again.
 */
export interface RestingFile {
  /** As which it claims what it reads. */
  readonly owner: number
  readonly generation: RestingGeneration
  readonly opener: RestingOpener
  /** Last write when it was looked at, ns since 1970. */
  readonly mtimeNs: bigint
  /** What a glance at the path gave, see `Glance`. */
  readonly glance: string
}

/** How far a generation was read that is not open any more, and when it was let go, ms since 1970. */
export interface ReleasedContent extends KnownContent, ResumeToken {
  readonly atMs: number
}

/** What is kept of a `PathOpener` while nothing happens to its path. */
export interface RestingOpener extends RestingSurroundings {
  readonly first: boolean
  readonly from: ResolvedFollowOptions['from']
  readonly firstKey: string | undefined
  readonly released: readonly ReleasedContent[] | undefined
  readonly opened: ReadonlySet<string> | undefined
  readonly missing: StillMissing | undefined
}

/** What is kept of a path that a pattern matched and that names nothing any more: its file may come back, as with a mount. */
export interface GoneFile {
  readonly owner: number
  readonly released: readonly ReleasedContent[]
}

/** How a `FollowedFile` begins. */
export interface FollowedFileInit {
  /** It is taken up as following begins. */
  readonly first: boolean
  /** Where to begin, if not where that says. */
  readonly from?: ResolvedFollowOptions['from'] | undefined
  /** What an earlier one of the same path gave. */
  readonly resting?: RestingFile
  /** What was left of an earlier one of the same path. */
  readonly gone?: GoneFile | undefined
}
