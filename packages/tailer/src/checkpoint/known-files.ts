import { parseIdentity, type FileIdentity } from '../identity/identity.ts'

/** What a rename keeps of a file, and a mount: without births the device is needed, too. */
type KnownBy = Pick<FileIdentity, 'inodeKey' | 'birthNs'>

/** Which sources are known of a file, whatever path it has by now. */
export class KnownFiles {
  readonly #ids = new Map<string, string[]>()

  /** Of the ids that the {@link identify} of an earlier run gave. */
  constructor(sourceIds: Iterable<string>) {
    for (const id of sourceIds) {
      const file = parseIdentity(id)
      if (!file) continue
      const key = keyOf(file)
      this.#ids.set(key, [...(this.#ids.get(key) ?? []), id])
    }
  }

  /** In the order in which they were given. */
  idsOf(file: KnownBy): readonly string[] {
    return this.#ids.get(keyOf(file)) ?? []
  }
}

function keyOf({ inodeKey, birthNs }: KnownBy): string {
  return birthNs === 0n ? inodeKey : `${inodeKey.slice(inodeKey.indexOf(':') + 1)}@${birthNs}`
}
