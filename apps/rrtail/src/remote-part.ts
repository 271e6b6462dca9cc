import type { Position } from './position.ts'

/** What a connection brings, in order. */
export type RemotePart =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** What follows is from the start of the next file. */
  | { readonly kind: 'rotated' }
  /** The file that was read cannot be found again; what follows is from the start of one of `size` bytes. */
  | { readonly kind: 'lost'; readonly size: number | undefined }

/**
 * Connects once and brings what comes after `position`. Ends, without an error, when the server says that it is time to
 * look again. @throws RrtailError; a retryable one means that another connection may work
 */
export type Connect = (position: Position, signal: AbortSignal) => AsyncIterable<RemotePart>
