import type { Position } from './position.ts'

/** What a connection brings, in order. */
export type RemotePart =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** The server's name for the file that is being read, when it has one. */
  | { readonly kind: 'file'; readonly fileId: string }
  /** What follows is from the start of the next file. */
  | { readonly kind: 'rotated'; readonly fileId?: string }
  /** The file that was read cannot be found again; what follows is from the start of one of `size` bytes. */
  | { readonly kind: 'lost'; readonly size: number | undefined }
  /** Nothing is wrong, another connection will be made in another way at once. */
  | { readonly kind: 'again' }
  /** Bytes that exist and are left out, although the file goes on where it was. */
  | { readonly kind: 'skipped'; readonly what: SkippedBytes }

/** Why bytes were left out. */
export type SkippedBytes =
  /** A process wrote to the last file when the next one had begun: its bytes cannot come in order any more. */
  | { readonly why: 'late'; readonly bytes: number }
  /** A rotated file that the server cannot unpack. */
  | { readonly why: 'packed'; readonly name: string }
  /** The server knows of the loss. */
  | { readonly why: 'gap'; readonly from: number; readonly to: number; readonly reason: string }

/** What a connection is given besides the position. */
export interface ConnectionContext {
  readonly signal: AbortSignal
  /** Told when the machine woke up or its network changed: what was open may be dead without a word. */
  readonly onDisturbed: (call: () => void) => () => void
}

/**
 * Connects once and brings what comes after `position`. Ends, without an error, when the server says that it is time to
 * look again. @throws RrtailError; a retryable one means that another connection may work
 */
export type Connect = (position: Position, context: ConnectionContext) => AsyncIterable<RemotePart>
