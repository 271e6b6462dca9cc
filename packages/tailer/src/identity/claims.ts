import { PackedTexts } from '../resting/packed-texts.ts'
import { claimKeyOf, type FileIdentity } from './identity.ts'
import { hasGrown, type Parts } from './taken-files.ts'

/**
 * Which file of a follow reads which inode, so that no bytes are read twice under two names: a rotated name that
 * matches the pattern too, a link beside its target. A key is device, inode and birth, so that a new file in a reused
 * inode is not taken for the old one. An owner is a number: a claim keeps nothing of it in memory.
 */
export class Claims implements Parts {
  /** The number of each owner, and after it, where the file holds a part of what was read, its size then. */
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
    const claim = this.#owners.get(key)
    return claim === undefined ? undefined : Number(claim.split(' ', 1)[0])
  }

  /** Whether the file that a path names is not another's: one that passed for a copy may have become something else. */
  mayBeOf(owner: number | undefined, file: Pick<FileIdentity, 'inodeKey' | 'birthNs' | 'size'>): boolean {
    const current = this.ownerOf(claimKeyOf(file))
    return current === undefined || current === owner || hasGrown(file, { parts: this })
  }

  sizeOfPart(key: string): number | undefined {
    const size = this.#owners.get(key)?.split(' ')[1]
    return size === undefined ? undefined : Number(size)
  }

  notePart(key: string, size: number | undefined): void {
    const owner = this.ownerOf(key)
    if (owner === undefined || this.sizeOfPart(key) === size) return
    this.#owners.set(key, size === undefined ? String(owner) : `${owner} ${size}`)
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
