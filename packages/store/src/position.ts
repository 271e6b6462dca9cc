/** A place in a stream: a segment, and the offset of the next byte in it. */
export interface StorePosition {
  /** Number of the segment, at least 1, ascending; numbers may be skipped. */
  readonly segment: number
  readonly offset: number
}

/** Where to go on in each stream; a stream that is not named is read from its oldest entry. Plain JSON. */
export type StorePositions = Readonly<Record<string, StorePosition>>
