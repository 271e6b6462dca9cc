import type { Generation } from './generation.ts'
import { hashTail, type FileIdentity } from './identity.ts'
import type { ReadHandle } from './file-system.ts'

/** A file as it was opened. */
export interface OpenedCopy {
  readonly handle: ReadHandle
  readonly identity: FileIdentity
}

/**
 * What another file is to a generation, as far as the generation is known: `rest` goes on where reading has come to,
 * or where nothing was read yet begins as it does; `part` holds nothing but what was read; `none` is another content.
 *
 * Asks the generation's own file only for what nobody has read of it yet: it may have been cut since.
 */
export type Copied = 'rest' | 'part' | 'none'

/** Compares a file with what was read, and seen, of a generation. */
export async function compareWith(generation: Generation, { handle, identity }: OpenedCopy): Promise<Copied> {
  await generation.learnHead()
  const { head, offset } = generation
  if (!beginAlike(head, identity.head)) return 'none'
  if (offset === 0) return 'rest'
  // As long as one that is equal in the first kilobyte and no longer than what was read is, it is a part of it.
  if (identity.size < offset) return 'part'
  const { tailHash } = generation.token
  return (await hashTail(handle, offset, parseInt(tailHash, 10))) === tailHash ? 'rest' : 'none'
}

/** Whether one begins with the other, and there is anything to compare. */
function beginAlike(a: Uint8Array, b: Uint8Array): boolean {
  const size = Math.min(a.length, b.length)
  return size > 0 && Buffer.compare(a.subarray(0, size), b.subarray(0, size)) === 0
}
