import type { GapReason } from '@logflow/core'

/** Reasons of a gap by their number on the wire. New ones are added at the end. */
export const GAP_REASONS: readonly GapReason[] = ['truncated', 'rotated', 'overflow', 'unreadable', 'limit', 'missed']
