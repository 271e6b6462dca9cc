import { constants, lstat, readdir, realpath, stat, statSync, watch } from 'node:fs'
import { promisify } from 'node:util'
import { DescriptorHandle } from './descriptor-handle.ts'
import type { FileSystem } from './file-system.ts'

// `node:fs/promises` does the same and leaves more behind, until all of the heap is looked through.
const [statLater, lstatLater, readdirLater] = [promisify(stat), promisify(lstat), promisify(readdir)]
const realpathLater = promisify(realpath.native)

/** The files of this machine. */
export const nodeFileSystem: FileSystem<DescriptorHandle> = {
  open: path => DescriptorHandle.open(path, constants.O_RDONLY | constants.O_NONBLOCK),
  stat: path => statLater(path, { bigint: true }),
  lstat: path => lstatLater(path, { bigint: true }),
  glance: path => statSync(path, { throwIfNoEntry: false }),
  statNow: path => statSync(path, { bigint: true, throwIfNoEntry: false }),
  readdir: path => readdirLater(path),
  readEntries: path => readdirLater(path, { withFileTypes: true }),
  realpath: path => realpathLater(path),
  watch(path, heard, failed) {
    const watcher = watch(path, { persistent: false }, (kind, name) => heard(kind === 'rename', name))
    watcher.on('error', failed)
    return watcher
  },
}
