/** The bytes of a whole file, one block after the other into memory of the caller. */
export interface ByteSource {
  /** Bytes that should come, as far as that is known; 0 where it is not. */
  readonly size: number
  /** Bytes that came. */
  readonly position: number
  /** Whether reading has failed. */
  readonly broken: boolean
  /** Fills `block` from `from` on, as far as bytes are there, and returns how many came; 0 is the end of the file. */
  read(block: Buffer, from: number): number | Promise<number>
  /** The same for whoever has something to do meanwhile; the next block may be asked for before this one has come. */
  readAhead(block: Buffer, from: number): number | Promise<number>
  close(): void | Promise<void>
}
