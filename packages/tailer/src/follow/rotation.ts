import { TailerError } from '../errors.ts'
import { factsAt } from '../files/facts.ts'
import type { FileFacts, FileSystem } from '../files/file-system.ts'
import { nodeFileSystem } from '../files/node-file-system.ts'
import { claimKeyOf, inodeKeyOf, isSameFile, parseClaimKey } from '../identity/identity.ts'

/** What a reader knows about the file it holds open. */
export interface HeldFacts {
  /** Device, inode and birth of the file; the inode cannot be reused while it is open. */
  readonly fileKey: string
  /** No handle of it is open, so that its device may have another number by now, as after a mount. */
  readonly closed?: boolean
  /** Whether the bytes before the offset are no longer those that were read, or are no longer there. */
  readonly changed: boolean
  /** Another disk is where its folder was. */
  readonly away?: boolean
}

/** What a path names at one moment. */
export interface NamedFacts {
  readonly inodeKey: string
  readonly size: number
  readonly birthNs: bigint
  readonly mtimeNs: bigint
  /** A regular file; nothing else can be followed. */
  readonly isFile: boolean
}

/**
 * What one look says about a path and the file held for it, everything up to its end being read.
 *
 * | held | the path names | verdict |
 * | --- | --- | --- |
 * | nothing | nothing | `absent`: wait |
 * | nothing | a file | `born`: open it |
 * | a file, its bytes changed | anything | `truncated`: same file, a new generation from 0; asked first |
 * | a file | the same file | `same` |
 * | a file | nothing | `gone`: keep the handle, its writer may go on and the name may come back |
 | a file | nothing, and another disk is where its folder was | `away`: nothing can be said of it until that is back |
 * | a file | another one, still empty | `pending`: its writer may not have moved yet; read the old one on |
 * | a file | another one with content | `replaced`: the old one is read to its end, then the new one begins |
 */
export type RotationVerdict = 'absent' | 'born' | 'truncated' | 'same' | 'gone' | 'away' | 'pending' | 'replaced'

/** Decides from facts alone. */
export function judgeRotation(held: HeldFacts | undefined, named: NamedFacts | undefined): RotationVerdict {
  if (!held) return named ? 'born' : 'absent'
  if (held.changed) return 'truncated'
  if (!named) return held.away ? 'away' : 'gone'
  if (claimKeyOf(named) === held.fileKey) return 'same'
  if (held.closed && isSameFile(named, parseClaimKey(held.fileKey))) return 'same'
  return named.size === 0 ? 'pending' : 'replaced'
}

/** The facts about a path now; `undefined` when it names nothing. @throws TailerError `LF_TAILER_OPEN` */
export function lookAt(path: string, fileSystem: FileSystem = nodeFileSystem): Promise<NamedFacts | undefined> {
  return factsAt(path, fileSystem).then(namedFactsOf, (cause: unknown) => {
    throw new TailerError('LF_TAILER_OPEN', `cannot look at ${path}`, { cause, detail: { path } })
  })
}

function namedFactsOf(facts: FileFacts | undefined): NamedFacts | undefined {
  if (!facts) return undefined
  const { birthtimeNs: birthNs, mtimeNs } = facts
  return { inodeKey: inodeKeyOf(facts), size: Number(facts.size), birthNs, mtimeNs, isFile: facts.isFile() }
}
