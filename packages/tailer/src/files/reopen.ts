import { basename, dirname, join } from 'node:path'
import type { Reopened } from './drowsy-handle.ts'
import { inodeKeyOf, isSameFile, parseClaimKey } from '../identity/identity.ts'
import { openAdmitted, type Admit } from './open-file.ts'
import { FolderAway, isVanished } from '../errors.ts'
import { baseNamesOf } from '../names/rotated-names.ts'
import { findByKey } from '../search/find-sibling.ts'
import type { GenerationBase } from '../generation/generation-base.ts'

/** Opens a file that the path of `base` named, wherever it lies now; as {@link Reopen} says. */
export async function openAgain(
  key: string,
  base: GenerationBase,
  admit: Admit | undefined,
): Promise<Reopened | 'away' | undefined> {
  const { path } = base
  try {
    const { handle, stat } = await openAdmitted(path, admit, base.fileSystem)
    if (isSameFile({ inodeKey: inodeKeyOf(stat), birthNs: stat.birthtimeNs }, parseClaimKey(key)))
      return { handle, size: Number(stat.size), inodeKey: inodeKeyOf(stat) }
    await handle.close()
  } catch (error) {
    if (!isVanished(error)) throw error
  }
  try {
    // A rotated file is found again beside the path that it was rotated from.
    for (const name of [basename(path), ...baseNamesOf(basename(path))]) {
      const found = await findByKey(key, { ...base, path: join(dirname(path), name) })
      if (found) return { handle: found.handle, size: found.identity.size, inodeKey: found.identity.inodeKey }
    }
  } catch (error) {
    if (!(error instanceof FolderAway)) throw error
    return 'away'
  }
  return undefined
}
