import {
  constants,
  lstat,
  lstatSync,
  readdir,
  realpath,
  realpathSync,
  stat,
  statSync,
  watch,
  type BigIntStats,
} from 'node:fs'
import { promisify } from 'node:util'
import { DescriptorHandle } from './descriptor-handle.ts'
import type { FileSystem } from './file-system.ts'

// `node:fs/promises` does the same and leaves more behind, until all of the heap is looked through.
const [statLater, lstatLater, readdirLater] = [promisify(stat), promisify(lstat), promisify(readdir)]
const realpathLater = promisify(realpath.native)
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK

/**
 * The files of this machine. What the system has in memory is asked for at once: facts take a microsecond or two, a
 * tenth of what a thread and a promise for them would take.
 */
export const nodeFileSystem: FileSystem<DescriptorHandle> = {
  open: path => DescriptorHandle.open(path, FLAGS),
  stat: async path => found(path, statNow(path)),
  lstat: async path => found(path, lstatSync(path, { bigint: true, throwIfNoEntry: false })),
  glance: path => statSync(path, { throwIfNoEntry: false }),
  statNow,
  readdir: path => readdirLater(path),
  readEntries: path => readdirLater(path, { withFileTypes: true }),
  realpath: async path => realpathSync.native(path),
  watch(path, heard, failed) {
    const watcher = watch(path, { persistent: false }, (kind, name) => heard(kind === 'rename', name))
    watcher.on('error', failed)
    return watcher
  },
}

/** The same files where they may lie on another machine, so that an answer takes as long as it takes. */
export const farFileSystem: FileSystem<DescriptorHandle> = {
  ...nodeFileSystem,
  open: path => DescriptorHandle.open(path, FLAGS, { far: true }),
  stat: path => statLater(path, { bigint: true }),
  lstat: path => lstatLater(path, { bigint: true }),
  statNow: undefined,
  realpath: path => realpathLater(path),
}

function statNow(path: string): BigIntStats | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false })
}

function found(path: string, stats: BigIntStats | undefined): BigIntStats {
  if (stats) return stats
  throw Object.assign(new Error(`ENOENT: no such file or directory: ${path}`), { code: 'ENOENT', path })
}
