import type { Clock } from '@logflow/core'
import type { FileFacts, FileSystem } from '../files/file-system.ts'
import { matchesOf, prefixOf, type Lister, type NamesAt } from './glob.ts'
import { PackedNames } from '../resting/packed-names.ts'
import { isSameFolder, mayChangeUnseen } from './remembered-names.ts'

/** After this long a folder is listed again although it seems to be as it was. */
const RELIST_MS = 600_000

interface RememberedFolder {
  /** `undefined` where the listing does not count for later. */
  readonly facts: FileFacts | undefined
  readonly listedMs: number
  names: PackedNames
}

/** What {@link RememberedFolders} needs. */
export interface RememberedFoldersInit {
  readonly pattern: string
  readonly fileSystem: FileSystem
  /** Asks for the names in one folder. */
  readonly list: Lister<readonly string[]>
  readonly clock: Clock
  /** Whether a path needs no further look. */
  readonly isKnown: (path: string) => boolean
}

/**
 * What one pattern matches, asked again and again: of a folder in which no name has changed only what is not known yet.
 * It is not listed for that. A listing counts for as long as the folder's last change is the same and lay, when it was
 * listed, further back than the clock of the file system is coarse.
 */
export class RememberedFolders {
  readonly #init: RememberedFoldersInit
  #folders = new Map<string, RememberedFolder>()

  constructor(init: RememberedFoldersInit) {
    this.#init = init
  }

  /** How many folders are asked for their last change. */
  get size(): number {
    return this.#folders.size
  }

  /** Folder by folder what may be new. @throws TailerError `LF_TAILER_GLOB`, `LF_TAILER_OPEN` when one cannot be listed */
  async *matches(): AsyncGenerator<NamesAt, void, undefined> {
    const { pattern, fileSystem, isKnown } = this.#init
    const asked = new Map<string, RememberedFolder>()
    const list: Lister = async (directory, matches) => {
      const folder = await this.#ask(directory, matches)
      if (folder.facts) asked.set(directory, folder)
      return folder.names
    }
    for await (const at of matchesOf(pattern, { globstar: false, fileSystem, list })) yield at
    for (const [directory, folder] of asked) {
      const prefix = prefixOf(directory)
      folder.names = folder.names.filter(name => !isKnown(prefix + name))
    }
    this.#folders = asked
  }

  async #ask(directory: string, matches: (name: string) => boolean): Promise<RememberedFolder> {
    const { fileSystem, list, clock } = this.#init
    const known = this.#folders.get(directory)
    const nowMs = clock.monotonicMs()
    const facts = await fileSystem.stat(directory === '' ? '.' : directory).catch(() => undefined)
    if (known && nowMs - known.listedMs < RELIST_MS && isSameFolder(known.facts, facts)) return known
    // As of before it is listed: what changes meanwhile is seen by the next look.
    const settled = facts && !mayChangeUnseen(facts.mtimeNs, clock.now())
    const names = new PackedNames(await list(directory, matches))
    return { facts: settled ? facts : undefined, listedMs: nowMs, names }
  }
}
