import type { SourceEventName } from '@logflow/core'
import { ProtocolError } from '../errors.ts'

/** Kinds of frames that carry deliveries. */
export const DELIVERY_KINDS = { source: 1, lines: 2, gap: 3, event: 4 } as const
/** Sources that a stream can name at a time. */
export const MAX_SOURCE_SLOTS = 1024
/** Longest body of a `source` frame: a path of 4096 bytes, each escaped in JSON, and the rest. */
export const MAX_SOURCE_FRAME_BYTES: number = 32 * 1024
/** Longest body of an `event` frame. */
export const MAX_EVENT_FRAME_BYTES: number = 64 * 1024
/** Body of a `gap` frame. */
export const GAP_FRAME_BYTES: number = 2 + 8 + 8 + 1
/** Names of events as they travel. */
export const EVENT_NAMES: readonly SourceEventName[] = ['opened', 'rotated', 'truncated', 'ended', 'failed']

/** Limit on the body of a frame. @throws ProtocolError `LF_PROTOCOL_UNKNOWN_KIND` for a frame of another kind */
export function maxDeliveryBytes(kind: number, maxFrameBytes: number): number {
  switch (kind) {
    case DELIVERY_KINDS.source:
      return MAX_SOURCE_FRAME_BYTES
    case DELIVERY_KINDS.lines:
      return maxFrameBytes
    case DELIVERY_KINDS.gap:
      return GAP_FRAME_BYTES
    case DELIVERY_KINDS.event:
      return MAX_EVENT_FRAME_BYTES
    default:
      throw new ProtocolError('LF_PROTOCOL_UNKNOWN_KIND', `unknown kind of frame: ${kind}`, { detail: { kind } })
  }
}
