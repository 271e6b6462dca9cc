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
  type Dirent,
} from 'node:fs'
import { answered } from './answered.ts'
import { DescriptorHandle } from './descriptor-handle.ts'
import type { FileSystem } from './file-system.ts'

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
  readdir: path => answered<string[]>(answer => readdir(path, answer)),
  readEntries: path => answered<Dirent[]>(answer => readdir(path, { withFileTypes: true }, answer)),
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
  stat: path => answered<BigIntStats>(answer => stat(path, { bigint: true }, answer)),
  lstat: path => answered<BigIntStats>(answer => lstat(path, { bigint: true }, answer)),
  statNow: undefined,
  realpath: path => answered<string>(answer => realpath.native(path, answer)),
}

function statNow(path: string): BigIntStats | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false })
}

function found(path: string, stats: BigIntStats | undefined): BigIntStats {
  if (stats) return stats
  throw Object.assign(new Error(`ENOENT: no such file or directory: ${path}`), { code: 'ENOENT', path })
}
