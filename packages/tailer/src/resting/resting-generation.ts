import type { HeadProof } from '../identity/known-head.ts'

/**
 * What is kept of a generation that was read to its end and whose file is closed: numbers and proofs, of which there
 * may be a hundred thousand. What was read is not kept; it is proven when the file is opened again.
 */
export interface RestingGeneration {
  readonly sourceId: string
  /** Inode and birth, as `claimKeyOf` has them. */
  readonly claimKey: string
  /** Last write when it was identified, ns since 1970. */
  readonly mtimeNs: bigint
  /** Where reading began. */
  readonly startOffset: number
  /** Whether `opened` was delivered. */
  readonly announced: boolean
  /** Where reading has come to, and proof of the bytes before. */
  readonly offset: number
  readonly tailHash: string
  /** Proof of the first bytes, unless the source id has it. */
  readonly head: HeadProof | undefined
  readonly headStart: string
  /** Number of the next line, and what is there of it already. */
  readonly line: number
  readonly held: Uint8Array | undefined
  readonly seenSize: number
  readonly knownSize: number
  /** NUL bytes at its start are a hole. */
  readonly hole: boolean
}
