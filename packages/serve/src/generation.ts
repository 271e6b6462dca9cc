import { fstatSync } from 'node:fs'
import type { Client } from './client.ts'

/** Who reads a generation. */
export interface GenerationReader {
  readonly client: Client
  /** The generation ends here, which may be behind the reader. */
  endAt(end: number): void
  /** There are more bytes. Whether it had to be told: `false` when its engine notices by itself. */
  grew(): boolean
  /** Closes its connection now. */
  destroy(): void
}

/** One file that had the name: served by its descriptor, to `end` once that is known. */
export interface Generation {
  readonly fd: number
  /** Its identity, when resuming is possible. */
  readonly sourceId: string | undefined
  end: number | undefined
  /** Size before the file was cut; what a reader had not fetched of it by then is lost. */
  cutFrom: number | undefined
  /** What its readers go on with. */
  next: Generation | undefined
  readonly readers: Set<GenerationReader>
  /** Readers of files before it, which need it later. */
  awaited: number
  /** A reader has left it: for the next one, or for good. */
  onLeft: ((gone: boolean) => void) | undefined
}

/** A generation that nobody reads yet. */
export function newGeneration(fd: number, sourceId: string | undefined): Generation {
  return {
    fd,
    sourceId,
    end: undefined,
    cutFrom: undefined,
    next: undefined,
    readers: new Set(),
    awaited: 0,
    onLeft: undefined,
  }
}

/** Bytes in an open file; 0 when the descriptor is closed already. */
export function sizeOf(fd: number): number {
  try {
    return fstatSync(fd).size
  } catch {
    return 0
  }
}
