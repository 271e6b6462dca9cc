import type { FileSystem } from '../files/file-system.ts'

/** A path, and the file system that it is in. */
export interface Place {
  readonly path: string
  readonly fileSystem: FileSystem
}
