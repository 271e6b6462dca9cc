import { maxDeliveryBytes } from './delivery-kinds.ts'

/** Kinds of frames of a session besides those of deliveries. */
export const SESSION_KINDS = { message: 32, block: 33, position: 34, packed: 35 } as const
/** Body of a `position` frame: slot and offset. */
export const POSITION_FRAME_BYTES: number = 2 + 8
/**
 * Longest body of a frame of a session, and longest line that has one: a line of 64 MiB is whole between our programs,
 * whatever a server's limit for the lines of DTail is.
 */
export const MAX_SESSION_FRAME_BYTES: number = 128 * 1024 * 1024

/** Limit on the body of a frame. @throws ProtocolError `LF_PROTOCOL_UNKNOWN_KIND` for a frame of another kind */
export function maxSessionBytes(kind: number, maxFrameBytes: number): number {
  switch (kind) {
    case SESSION_KINDS.message:
    case SESSION_KINDS.block:
    case SESSION_KINDS.packed:
      return maxFrameBytes
    case SESSION_KINDS.position:
      return POSITION_FRAME_BYTES
    default:
      return maxDeliveryBytes(kind, maxFrameBytes)
  }
}
