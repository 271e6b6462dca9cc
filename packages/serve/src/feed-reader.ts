import type { ResumeToken } from '@logflow/core'
import type { Fanout, SendfileError, TransferState } from '@logflow/sendfile-native'
import type { Generation, GenerationReader } from './generation.ts'
import type { ResolvedLimits } from './limits.ts'

/** Somebody who reads a feed. */
export interface FeedReader extends GenerationReader {
  readonly generation: Generation
  /** Of its next byte. */
  readonly offset: number
  readonly state: TransferState
}

/** What a reader needs of its feed. */
export interface FeedHome {
  readonly fanout: Fanout
  readonly limits: ResolvedLimits
  /** Why there is nothing after the last generation. */
  readonly endReason: 'gone' | 'stopping'
  enter(reader: FeedReader, generation: Generation): void
  leave(reader: FeedReader, generation: Generation): void
  /** What a reader lost by a cut or a late write. */
  lose(bytes: number, reason: string): void
  failed(error: SendfileError | Error, offset: number): void
  tokenAt(generation: Generation, offset: number): Promise<ResumeToken | undefined>
}

/** Bytes of its generation that a reader who got as far as `offset` will never see. */
export function missedBytes({ cutFrom, end }: Generation, offset: number): number {
  return Math.max(0, (cutFrom ?? end ?? offset) - offset)
}
