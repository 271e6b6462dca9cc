import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = path.resolve(fileURLToPath(import.meta.url), '../../..')
/** What the scripts make for themselves; not in git, safe to delete. */
export const stateDir = path.join(root, '.logflow')
