import type { CompressionFormat } from '@logflow/compress'

/** What is known of a file without reading it; `BigIntStats` of Node is one. */
export interface FileFacts {
  readonly dev: bigint
  readonly ino: bigint
  readonly size: bigint
  /** Birth, ns since 1970; 0 where the file system does not tell. */
  readonly birthtimeNs: bigint
  /** Last write, ns since 1970. */
  readonly mtimeNs: bigint
  isFile(): boolean
}

/** As little of a file as tells whether anything changed; `Stats` of Node is one. */
export interface GlanceFacts {
  readonly dev: number
  readonly ino: number
  readonly size: number
  readonly mtimeMs: number
  readonly ctimeMs: number
}

/** A file that is open for reading; `FileHandle` of Node is one. Keeps the file, whatever happens to its name. */
export interface ReadHandle {
  stat(options: { readonly bigint: true }): Promise<FileFacts>
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>
  close(): Promise<void>
}

/** An entry of a directory; `Dirent` of Node is one. */
export interface DirectoryEntry {
  readonly name: string
  isDirectory(): boolean
}

/** What {@link FileSystem.watch} tells: whether a name may have changed, and which; `null` when it cannot say. */
export type DirectoryListener = (renamed: boolean, name: string | null) => void

/**
 * All that following asks of a file system, so that another one can be followed: a model in a test, files on another
 * machine. Errors carry the system's `code` (`ENOENT`), as those of Node do.
 */
export interface FileSystem<Handle extends ReadHandle = ReadHandle> {
  /** Opens for reading; never waits for the other end of a fifo. */
  open(path: string): Promise<Handle>
  /** Facts of what the path names, links followed. */
  stat(path: string): Promise<FileFacts>
  /** Facts of the path itself. */
  lstat(path: string): Promise<FileFacts>
  /** As `stat`, at once, `undefined` when nothing is there. */
  glance(path: string): GlanceFacts | undefined
  /** As `stat`, at once, `undefined` when nothing is there; left out where an answer may take long. */
  readonly statNow?: ((path: string) => FileFacts | undefined) | undefined
  /** Names in a directory, in any order. */
  readdir(path: string): Promise<string[]>
  /** Names in a directory that begin so; left out where that takes as long as all names. */
  readonly namesFrom?: ((path: string, start: string) => Promise<readonly string[]>) | undefined
  /** Names and kinds in a directory, in any order. */
  readEntries(path: string): Promise<readonly DirectoryEntry[]>
  realpath(path: string): Promise<string>
  /** Unpacks the bytes of a packed file; left out where `@logflow/compress` does. Throws as that does. */
  readonly unpack?:
    ((chunks: AsyncIterable<Uint8Array>, format: CompressionFormat) => AsyncIterable<Uint8Array>) | undefined
  /** Tells of changes in a directory, as well as it can. Throws, or calls `failed` later, when it cannot. */
  watch(path: string, heard: DirectoryListener, failed: (error: unknown) => void): { close(): void }
}
