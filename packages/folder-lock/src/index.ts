/**
 * The exclusive right to a folder, given back by the system when its holder ends, however it ends.
 *
 * @packageDocumentation
 */
export { holderOf, lockFolder, type FolderLock } from './folder-lock.ts'
