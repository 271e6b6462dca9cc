import type { Source } from '@logflow/core'
import type { Reopen } from '../files/drowsy-handle.ts'
import type { ReadBuffer } from '../files/file-reader.ts'
import type { ReadHandle } from '../files/file-system.ts'
import type { FileIdentity } from '../identity/identity.ts'
import type { Cutting } from '../lines/line-cutter.ts'

/** What a `Generation` is made of. */
export interface GenerationInit {
  readonly handle: ReadHandle
  /** Opens the file again, after it was closed for being quiet, or forgotten by its server. */
  readonly reopen: Reopen
  readonly source: Source
  readonly identity: FileIdentity
  /** Where to begin. */
  readonly offset: number
  /** What lies before the offset, where that is known already. */
  readonly tail?: Uint8Array | undefined
  readonly buffer: ReadBuffer
  readonly cutting: Cutting
  /** The file was truncated under its writer: NUL bytes at its start are a hole that nobody wrote. */
  readonly mayHaveHole?: boolean
  /** See `Generation.copy`. */
  readonly copy?: boolean
  /** It is being written: it may hold less than it is known to begin with. */
  readonly mayGrow?: boolean
}
