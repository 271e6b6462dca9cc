import { closeSync, existsSync, openSync } from 'node:fs'
import { nodeFileSystem, type FileSystem } from '../../src/index.ts'

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
  const descriptorName = (held: number): string => `/proc/self/fd/${held}`
  let held = existsSync(descriptorName(fd)) ? openSync(descriptorName(fd), 'r') : undefined
  const close = (): void => {
    if (held !== undefined) closeSync(held)
    held = undefined
  }
  const nameOf = (asked: string): string => (asked === path && held !== undefined ? descriptorName(held) : asked)
  const fileSystem: FileSystem = {
    ...nodeFileSystem,
    stat: asked => nodeFileSystem.stat(nameOf(asked)),
    statNow: asked => nodeFileSystem.statNow?.(nameOf(asked)),
    glance: asked => nodeFileSystem.glance(nameOf(asked)),
    open: async asked => {
      const opened = await nodeFileSystem.open(nameOf(asked))
      if (asked === path) close()
      return opened
    },
  }
  return { fileSystem, close }
}
