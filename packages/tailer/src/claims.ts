/**
 * Which file of a follow reads which inode, so that no bytes are read twice under two names: a rotated name that
 * matches the pattern too, a link beside its target. A key is device, inode and birth, so that a new file in a reused
 * inode is not taken for the old one.
 */
export class Claims<Owner> {
  readonly #owners = new Map<string, Owner>()

  /** Whether `owner` has it now; false when another one does. */
  claim(key: string, owner: Owner): boolean {
    const current = this.#owners.get(key)
    if (current !== undefined && current !== owner) return false
    this.#owners.set(key, owner)
    return true
  }

  /** Who has it. */
  ownerOf(key: string): Owner | undefined {
    return this.#owners.get(key)
  }

  /** Nobody has it any more. */
  release(key: string): void {
    this.#owners.delete(key)
  }

  /** Keys that are claimed. */
  get size(): number {
    return this.#owners.size
  }

  /** Keeps only what `isAlive` says. */
  prune(isAlive: (key: string, owner: Owner) => boolean): void {
    for (const [key, owner] of this.#owners) if (!isAlive(key, owner)) this.#owners.delete(key)
  }
}
