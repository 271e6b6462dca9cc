import { createHash } from 'node:crypto'
import { basename, dirname, resolve } from 'node:path'
import { holderOf, lockFolder, type FolderLock } from '@logflow/folder-lock'
import { RrtailError } from './errors.ts'

/**
 * Makes sure that one rrtail at a time goes on from a state file: two would each save a place that the other's output
 * does not have.
 *
 * @throws RrtailError `LF_RRTAIL_STATE` that says who has it, or that its folder is not there
 */
export async function lockState(path: string): Promise<FolderLock> {
  const folder = dirname(resolve(path))
  const purpose = `rrtail-${createHash('sha256').update(basename(path)).digest('hex').slice(0, 16)}`
  try {
    const lock = await lockFolder(folder, purpose)
    if (lock) return lock
  } catch (cause) {
    throw new RrtailError('LF_RRTAIL_STATE', `state file ${path} cannot be written`, { cause })
  }
  const holder = await holderOf(folder, purpose)
  const who = holder === undefined ? 'another rrtail' : `another rrtail, process ${holder}`
  throw new RrtailError('LF_RRTAIL_STATE', `state file ${path} is in use by ${who}`, { detail: { holder } })
}
