import { dirname } from 'node:path'
import { FolderAway } from '../errors.ts'
import { factsAt } from '../files/facts.ts'
import type { FileFacts } from '../files/file-system.ts'
import type { Place } from '../names/place.ts'
import { lookAt } from '../follow/rotation.ts'

/** What can be seen of where a path lies. */
interface Whereabouts {
  /** Of its folder, or of the nearest one above it that is there. */
  readonly device: string
  /** What tells its folder from another one that has the name; empty when there is none. The device may change its number. */
  readonly folder: string
}

/** What a look at a home folder finds: `back` the first time after it was away. */
export type HomeVerdict = 'here' | 'away' | 'back'

/**
 * The folder in which the files of a path lie. While another device answers in its place, as when a disk was unmounted,
 * it is away: that its files are not to be found says nothing. A folder that was deleted is not away.
 */
export class HomeFolder {
  readonly #place: Place
  readonly #noteOther: (folder: FileFacts) => void
  #home: Whereabouts | undefined
  #verdict: HomeVerdict = 'here'

  /** `noteOther` is told of each folder that is there and is not it yet; `home` is the text of an earlier one of the same path. */
  constructor(place: Place, noteOther: (folder: FileFacts) => void, home?: string) {
    this.#place = place
    this.#noteOther = noteOther
    if (home !== undefined) this.#home = parse(home)
  }

  /** As text, for a later one of the same path. */
  get text(): string | undefined {
    return this.#home && `${this.#home.device} ${this.#home.folder}`
  }

  /** What tells it from others; empty when there is none. */
  get folder(): string {
    return this.#home?.folder ?? ''
  }

  /** Whether it was away when that was last asked. */
  get away(): boolean {
    return this.#verdict === 'away'
  }

  /** The folder that is there now is it. Its facts; `undefined` when there is none. */
  settle(): Promise<FileFacts | undefined> {
    return folderOf(this.#place).then(facts => {
      this.#verdict = 'here'
      if (!facts) return this.#settleAbove()
      this.#home = this.#whereaboutsIn(facts)
      return facts
    })
  }

  async #settleAbove(): Promise<undefined> {
    this.#home = await whereaboutsAbove(this.#place)
  }

  /** Asks where it is, unless there is no question as the path names something. */
  look(isNamed: boolean): Promise<HomeVerdict> {
    return isNamed && this.#verdict === 'here' ? Promise.resolve('here') : this.#look()
  }

  async #look(): Promise<HomeVerdict> {
    await this.isAway()
    const verdict = this.#verdict
    if (verdict === 'back') this.#verdict = 'here'
    return verdict
  }

  /** Whether it is away. Another folder is home from now on when the path names something in it. */
  async isAway(): Promise<boolean> {
    const now = await this.#whereabouts()
    const { folder, device } = this.#home ?? now
    const isHome = folder === now.folder || device === now.device || (await this.#isNamedIn(now))
    if (isHome) this.#home = now
    if (!isHome) this.#verdict = 'away'
    else if (this.#verdict === 'away') this.#verdict = 'back'
    return !isHome
  }

  /** What is found, or not found, while it is away is nothing to go by. @throws FolderAway */
  async needHere(): Promise<void> {
    if (await this.isAway()) throw new FolderAway(`another disk is where the folder of ${this.#place.path} was`)
  }

  async #isNamedIn({ folder }: Whereabouts): Promise<boolean> {
    const { path, fileSystem } = this.#place
    const named = await lookAt(path, fileSystem)
    return named !== undefined && (await this.#whereabouts()).folder === folder
  }

  #whereabouts(): Promise<Whereabouts> {
    return folderOf(this.#place).then(facts => (facts ? this.#whereaboutsIn(facts) : whereaboutsAbove(this.#place)))
  }

  #whereaboutsIn(facts: FileFacts): Whereabouts {
    const folder = folderKeyOf(facts)
    if (folder !== this.#home?.folder) this.#noteOther(facts)
    return { device: String(facts.dev), folder }
  }
}

/** What tells a folder from another one that has its name. */
export function folderKeyOf({ ino, birthtimeNs }: FileFacts): string {
  return `${ino}@${birthtimeNs}`
}

/** The facts of the folder that a path is in; `undefined` when there is none. */
export function folderOf({ path, fileSystem }: Place): Promise<FileFacts | undefined> {
  return factsAt(dirname(path), fileSystem)
}

/** Where the folder of a path would be that is not there. */
async function whereaboutsAbove(place: Place): Promise<Whereabouts> {
  const directory = dirname(place.path)
  for (let above = directory; above !== dirname(above);) {
    above = dirname(above)
    const facts = await factsAt(above, place.fileSystem)
    if (facts) return { device: String(facts.dev), folder: '' }
  }
  return { device: '', folder: '' }
}

function parse(text: string): Whereabouts {
  const [device = '', folder = ''] = text.split(' ')
  return { device, folder }
}
