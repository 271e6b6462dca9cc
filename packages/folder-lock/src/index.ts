/**
 * The exclusive right to a folder, given back by the system when its holder ends, however it ends.
 *
 * @packageDocumentation
 */
export { lockFolder, type FolderLock } from './folder-lock.ts'
