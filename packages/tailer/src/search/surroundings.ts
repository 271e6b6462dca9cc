import type { Clock } from '@logflow/core'
import type { FileFacts } from '../files/file-system.ts'
import { FirstLook } from './first-look.ts'
import { HomeFolder } from './home-folder.ts'
import { isAsBefore, isAsSearched, lookBeside, NO_HORIZON, packedSince, type Horizon } from './horizon.ts'
import type { Place } from '../names/place.ts'

/** What is kept of `Surroundings` while nothing happens to the path. */
export interface RestingSurroundings {
  readonly horizon: Horizon | undefined
  readonly seen: Horizon
  readonly searched: Horizon | undefined
  /** The text of its `HomeFolder`. */
  readonly home: string | undefined
}

/** What is known of the folder of a path: what lay in it when, so that what came since is searched for. */
export class Surroundings {
  /** Whether it is there. */
  readonly home: HomeFolder
  readonly #place: Place
  readonly #clock: Clock
  readonly #firstLook: FirstLook
  #horizon: Horizon | undefined
  #seen: Horizon
  /** The folder when it was last searched. */
  #searched: Horizon | undefined

  constructor(place: Place, clock: Clock, resting?: RestingSurroundings) {
    this.#place = place
    this.#clock = clock
    const firstLook = (this.#firstLook = new FirstLook(place, clock))
    this.home = new HomeFolder(place, folder => firstLook.note(folder), resting?.home)
    this.#horizon = resting?.horizon
    this.#seen = resting?.seen ?? NO_HORIZON
    this.#searched = resting?.searched
  }

  rest(): RestingSurroundings {
    return { horizon: this.#horizon, seen: this.#seen, searched: this.#searched, home: this.home.text }
  }

  /** What is younger came since the path is followed; `undefined` before the first look. */
  get horizon(): Horizon | undefined {
    return this.#horizon
  }

  /** The folder is known as it was then: what is younger is still to be found. */
  get seen(): Horizon {
    return this.#seen
  }

  /** Nothing was opened yet: the folder that is there is home, and what lies there older, unless `counts` is false. */
  async lookFirst(counts: boolean): Promise<void> {
    const facts = await this.home.settle()
    if (counts) await this.#lookAt(this.home.folder, facts)
  }

  /** Something was opened, perhaps in another folder than the one that was looked at before. */
  async lookOnceMore(): Promise<void> {
    if (!(await this.home.isAway())) await this.#lookAt(this.home.folder)
  }

  async #lookAt(folder: string, facts?: FileFacts): Promise<void> {
    const before = this.#horizon
    this.#horizon = await this.#firstLook.look(before, folder, facts)
    if (this.#horizon !== before) this.#seen = this.#horizon
  }

  /** Whether everything is as it was when that was looked at. One question, as thousands of files ask it. */
  isAsFirstSeen(): Promise<boolean> {
    return this.#horizon ? this.#firstLook.isStill(this.#horizon) : Promise.resolve(false)
  }

  /** What is younger than `horizon` came since the path was followed before. */
  goBackTo(horizon: Horizon): void {
    this.#horizon = this.#seen = horizon
  }

  /** What is younger than `horizon` is to be found; what was known of the folder is. */
  countFrom(horizon: Horizon | undefined): void {
    this.#horizon = horizon
  }

  /** What is packed and was last written before `ms` since 1970 is not new. */
  packedSince(ms: number): void {
    if (this.#horizon) this.#horizon = packedSince(this.#horizon, ms)
  }

  /** Whether names may have changed since this was last asked. */
  async changed(): Promise<boolean> {
    const last = this.#searched
    if (last ? await isAsSearched(last, this.#place) : await this.#isAsFirst()) return false
    if (await this.home.isAway()) return false
    const { horizon, folder } = await lookBeside(this.#place, this.#clock)
    if (folder !== this.home.folder) return false // it has gone away just now
    this.#searched = horizon
    return true
  }

  async #isAsFirst(): Promise<boolean> {
    return this.#horizon !== undefined && (await isAsBefore(this.#horizon, this.#place))
  }

  /** What was found there has been taken up. */
  settle(): void {
    this.#seen = this.#searched ?? this.#horizon ?? NO_HORIZON
  }
}
