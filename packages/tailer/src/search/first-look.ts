import type { Clock } from '@logflow/core'
import type { FileFacts } from '../files/file-system.ts'
import { folderKeyOf, folderOf } from './home-folder.ts'
import { lookBeside, type FolderSighting, type Horizon } from './horizon.ts'
import type { Place } from '../names/place.ts'

/**
 * What lay beside a path before anything of it was opened: that is older than what is followed. Another folder may come
 * to have the name, as when a disk is mounted; what it holds is as old, and counts from when it was first seen. A folder
 * that is made where there never was one holds only what is new.
 */
export class FirstLook {
  readonly #place: Place
  readonly #clock: Clock
  readonly #folders = new Map<string, Horizon>()
  /** The last one that was seen, but could not be listed yet. */
  #sighted: FolderSighting | undefined

  constructor(place: Place, clock: Clock) {
    this.#place = place
    this.#clock = clock
  }

  /** A folder was seen: what comes to lie in it from now on is new, however late it is listed. */
  note(facts: FileFacts): void {
    const folder = folderKeyOf(facts)
    if (this.#folders.has(folder) || (this.#sighted && folderKeyOf(this.#sighted.facts) === folder)) return
    this.#sighted = { facts, atMs: this.#clock.now() }
  }

  /**
   * What counts from now on; `last` is what did, `folder` the key of the folder that is there, empty when there is none, and
   * `facts` its facts, where they were asked for a moment ago.
   */
  async look(last: Horizon | undefined, folder: string, facts?: FileFacts): Promise<Horizon> {
    const known = folder === '' ? last : this.#folders.get(folder)
    if (known) return known
    if (last && this.#folders.size === 0) return last
    const seen = await lookBeside(this.#place, this.#clock, this.#sightingOf(folder, facts))
    if (seen.folder === '') return seen.horizon
    // It may be one that was there before, and has come back just now.
    const horizon = this.#folders.get(seen.folder) ?? seen.horizon
    this.#folders.set(seen.folder, horizon)
    this.#sighted = undefined
    return horizon
  }

  #sightingOf(folder: string, facts: FileFacts | undefined): FolderSighting | undefined {
    const sighted = this.#sighted
    if (!sighted || folderKeyOf(sighted.facts) !== folder) return undefined
    return sighted.facts === facts ? sighted : { ...sighted, earlier: true }
  }

  /** Whether the folder is the one whose first look gave `horizon`, and nothing in it has changed since. */
  isStill({ ns, recent }: Horizon): Promise<boolean> {
    if (recent) return Promise.resolve(false)
    return folderOf(this.#place).then(folder => {
      return folder?.mtimeNs === ns && this.#folders.get(folderKeyOf(folder))?.ns === ns
    })
  }
}
