import type { Generation } from './generation.ts'
import type { Lingering } from './lingering.ts'
import { isOlder } from '../names/listing.ts'
import type { AfterTruncation } from '../search/truncation.ts'
import type { HeldGenerations } from '../follow/opening.ts'

/** Generations of one path that wait to be read. More are found again, by their birth, when these are read. */
const MAX_GENERATIONS = 16

/** Every generation of one path that is open: those that are to be read, oldest first, and those that only linger. */
export class GenerationQueue implements HeldGenerations {
  readonly #lingering: Lingering
  #queue: Generation[] = []

  /** `lingering` has those that were rotated away and may still get late lines. */
  constructor(lingering: Lingering) {
    this.#lingering = lingering
  }

  /** The one that is read now. */
  get head(): Generation | undefined {
    return this.#queue[0]
  }

  /** The one that is read after it. */
  get next(): Generation | undefined {
    return this.#queue[1]
  }

  get newest(): Generation | undefined {
    return this.#queue.at(-1)
  }

  /** How many are to be read. */
  get length(): number {
    return this.#queue.length
  }

  get isFull(): boolean {
    return this.#queue.length >= MAX_GENERATIONS
  }

  get held(): readonly Generation[] {
    return [...this.#lingering.generations, ...this.#queue]
  }

  readonly takeBack = (fileKey: string): Generation | undefined => this.#lingering.takeBack(fileKey)

  /** Those that come after one that is to be read. */
  after(generation: Generation): readonly Generation[] {
    return this.#queue.slice(this.#queue.indexOf(generation) + 1)
  }

  /**
   * Adds what was opened: the last one, which has the name, to be read last, but what came before a generation that nobody
   * has begun to read before that. It was not found in time, as the names moved.
   */
  add(opened: readonly Generation[]): void {
    if (this.#queue.length === 0) return void this.#queue.push(...opened)
    const waiting = new Set(this.#queue.filter(({ announced }) => !announced))
    for (const generation of opened) {
      const isOld = (other: Generation): boolean => waiting.has(other) && isOlder(generation.identity, other.identity)
      const at = generation === opened.at(-1) ? -1 : this.#queue.findIndex(isOld)
      this.#queue.splice(at === -1 ? this.#queue.length : at, 0, generation)
    }
  }

  /** Puts one that was missed before the first younger one, and in any case before the last, which has the name. */
  insertByBirth(missed: Generation): void {
    const younger = this.#queue.findIndex(({ identity }) => isOlder(missed.identity, identity))
    this.#queue.splice(younger === -1 ? this.#queue.length - 1 : younger, 0, missed)
  }

  /** This one is read instead of the head. */
  replaceHead(generation: Generation): void {
    this.#queue.splice(0, 1, generation)
  }

  /**
   * The head was cut: its copy is read instead, then what was copied away between, and what it holds now. What came before
   * a head that nobody has begun to read is read before that.
   */
  cutHead({ copy, missed, next }: Pick<AfterTruncation, 'copy' | 'missed' | 'next'>): void {
    const cut = this.#queue.shift()
    const isBefore = ({ identity }: Generation): boolean => cut?.announced === false && isOlder(identity, cut.identity)
    const between = missed.filter(generation => !isBefore(generation))
    this.#queue.unshift(...missed.filter(isBefore), ...(copy ? [copy] : []), ...between, next)
  }

  /** The head is done with. */
  shift(): void {
    this.#queue.shift()
  }

  /** Something may have happened to any that is to be read. */
  stir(): void {
    for (const generation of this.#queue) generation.stir()
  }

  /** Their disk was away: each is looked for once more, wherever it lies now. */
  comeBack(): void {
    this.#lingering.restart()
    for (const generation of this.held) if (!generation.comeBack()) generation.stir()
  }

  /**
   * Closes all but the head until it is their turn, where many paths wait beside this one; with `still` also the last one,
   * once it is read. Not what could not be told from another file in its inode, and not what would have to be unpacked again.
   */
  async doze({ still }: { readonly still: boolean }): Promise<void> {
    if (still && this.length === 1 && this.head?.isRead) await this.head.drowse()
    for (const generation of this.held) {
      const { asleep, copy, identity } = generation
      if (generation === this.head || asleep || copy || identity.packed || identity.birthNs === 0n) continue
      generation.stir()
      await generation.handle.sleep()
    }
  }

  /** Gives all of them up. */
  clear(): readonly Generation[] {
    return [...this.#lingering.clear(), ...this.#queue.splice(0)]
  }
}
