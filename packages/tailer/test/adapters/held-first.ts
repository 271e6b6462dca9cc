import { closeSync, existsSync, fstat, openSync } from 'node:fs'
import { promisify } from 'node:util'
import { nodeFileSystem, type FileSystem } from '../../src/index.ts'

const fstatLater = promisify(fstat)

/** The files of this machine, where one path names an open file until it was opened once. */
export interface HeldFirst {
  readonly fileSystem: FileSystem
  /** Whether it was opened or not: nothing is held any more. */
  readonly close: () => void
}

/**
 * What a constructor opened is what following begins with, whatever name it has when that happens. Where descriptors
 * have no names (`/proc`), the path has to do.
 */
export function heldFirst(path: string, fd: number): HeldFirst {
  const name = (held: number): string => `/proc/self/fd/${held}`
  let held = existsSync(name(fd)) ? openSync(name(fd), 'r') : undefined
  const close = (): void => {
    if (held !== undefined) closeSync(held)
    held = undefined
  }
  const fileSystem: FileSystem = {
    ...nodeFileSystem,
    stat: other =>
      other === path && held !== undefined ? fstatLater(held, { bigint: true }) : nodeFileSystem.stat(other),
    open: async other => {
      if (other !== path || held === undefined) return nodeFileSystem.open(other)
      const opened = await nodeFileSystem.open(name(held))
      close()
      return opened
    },
  }
  return { fileSystem, close }
}
