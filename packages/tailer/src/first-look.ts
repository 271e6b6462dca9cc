import type { Clock } from '@logflow/core'
import { folderKeyOf, lookBeside, type Horizon } from './horizon.ts'
import type { Place } from './listing.ts'

/**
 * What lay beside a path before anything of it was opened: that is older than what is followed. Another folder may come
 * to have the name, as when a disk is mounted; what it holds is as old, and counts from when it was first seen. A folder
 * that is made where there was none holds only what is new.
 */
export class FirstLook {
  readonly #place: Place
  readonly #clock: Clock
  readonly #folders = new Map<string, Horizon>()
  #folder: string | undefined

  constructor(place: Place, clock: Clock) {
    this.#place = place
    this.#clock = clock
  }

  /** What counts from now on; `last` is what did. */
  async look(last: Horizon | undefined): Promise<Horizon> {
    const folder = await folderKeyOf(this.#place)
    if (last && (this.#folder === undefined || folder === this.#folder)) return last
    this.#folder = folder
    const known = folder === undefined ? undefined : this.#folders.get(folder)
    const seen = known ?? (await lookBeside(this.#place, this.#clock))
    if (folder !== undefined) this.#folders.set(folder, seen)
    return seen
  }
}
