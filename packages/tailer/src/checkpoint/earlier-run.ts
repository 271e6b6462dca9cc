import type { ResumeToken, Source } from '@logflow/core'
import type { CheckpointEntry } from './checkpoint-log.ts'
import type { Checkpoint } from './checkpoint.ts'
import { Generation } from '../generation/generation.ts'
import { provableToken, type FileIdentity } from '../identity/identity.ts'
import { basePathsOf } from '../names/rotated-names.ts'
import { isCopyOf } from '../search/claim-copy.ts'
import { openProven, type OpenedFile, type Proven } from './resume.ts'

/** What an earlier run left of a path, of what it may be a rotated one of, and of the file that has the path by now. */
export class EarlierRun {
  readonly checkpoint: Checkpoint
  readonly #host: string
  readonly #path: string

  constructor(checkpoint: Checkpoint, { host, path }: Omit<Source, 'id'>) {
    this.checkpoint = checkpoint
    this.#host = host
    this.#path = path
  }

  /** Whether anything is known of the path. */
  get knowsPath(): boolean {
    return this.checkpoint.knows(this.#path)
  }

  /** Whether it followed the path, or what that may be a rotated one of: then not every copy that is there is wanted. */
  get hasFollowed(): boolean {
    return this.knowsPath || basePathsOf(this.#path).some(base => this.checkpoint.knows(base))
  }

  /** How far the sources of the path were read. */
  get tokens(): readonly ResumeToken[] {
    return this.checkpoint.entriesOf(this.#host, this.#path).map(provableToken)
  }

  /** The file as it was read under this path. */
  prove(file: OpenedFile): Promise<Proven | undefined> {
    return proveBy(this.checkpoint.entriesOf(this.#host, this.#path), file)
  }

  /** The file as it was read under the path that it had before it was renamed. */
  proveMoved(file: OpenedFile): Promise<Proven | undefined> {
    return proveBy(this.#elsewhere(file.identity), file)
  }

  /** A copy of what it read, from where that was read to. */
  async copied(file: OpenedFile): Promise<Proven | undefined> {
    const entries = basePathsOf(this.#path).flatMap(base => this.checkpoint.entriesOf(this.#host, base))
    for (const entry of entries) {
      const token = provableToken(entry)
      if (await isCopyOf(file, token))
        return { entry, generation: await Generation.open({ ...file, offset: token.offset }) }
    }
    return undefined
  }

  /** Whether it read the file under another path, as a pattern matches the names of rotated files, too. */
  knowsElsewhere(file: Pick<FileIdentity, 'inodeKey' | 'birthNs'>): boolean {
    return this.#elsewhere(file).length > 0
  }

  #elsewhere(file: Pick<FileIdentity, 'inodeKey' | 'birthNs'>): CheckpointEntry[] {
    const isElsewhere = ({ host, path }: CheckpointEntry): boolean => host === this.#host && path !== this.#path
    return this.checkpoint.entriesOfFile(file).filter(isElsewhere)
  }
}

/** By the last of the entries that speaks of the file as it is. */
async function proveBy(entries: readonly CheckpointEntry[], file: OpenedFile): Promise<Proven | undefined> {
  for (const entry of entries.toReversed()) {
    const generation = await openProven(file, entry)
    if (generation) return { entry, generation }
  }
  return undefined
}
