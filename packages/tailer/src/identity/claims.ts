import { PackedTexts } from '../resting/packed-texts.ts'

/**
 * Which file of a follow reads which inode, so that no bytes are read twice under two names: a rotated name that
 * matches the pattern too, a link beside its target. A key is device, inode and birth, so that a new file in a reused
 * inode is not taken for the old one. An owner is a number: a claim keeps nothing of it in memory.
 */
export class Claims {
  readonly #owners = new PackedTexts()
  #lastOwner = 0

  /** Another owner than all before. */
  newOwner(): number {
    return ++this.#lastOwner
  }

  /** Whether `owner` has it now; false when another one does. */
  claim(key: string, owner: number): boolean {
    const current = this.ownerOf(key)
    if (current === undefined) this.#owners.set(key, String(owner))
    return current === undefined || current === owner
  }

  /** Who has it. */
  ownerOf(key: string): number | undefined {
    const owner = this.#owners.get(key)
    return owner === undefined ? undefined : Number(owner)
  }

  /** Nobody has it any more. */
  release(key: string): void {
    this.#owners.delete(key)
  }

  /** Keys that are claimed. */
  get size(): number {
    return this.#owners.size
  }

  /** Keeps only what belongs to one of these. */
  prune(alive: ReadonlySet<number>): void {
    for (const key of this.#owners.keys()) if (!alive.has(this.ownerOf(key) ?? 0)) this.#owners.delete(key)
  }
}
