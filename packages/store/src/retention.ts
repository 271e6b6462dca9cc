import { stat, unlink } from 'node:fs/promises'
import { listSegments, SegmentReader } from './segment-reader.ts'
import { syncFolder } from './sync-folder.ts'

/** What may stay. At least one of the two is needed for anything to go. */
export interface RetentionOptions {
  /** A segment goes when its last append is older than this. */
  readonly maxAgeMs?: number | undefined
  /** The oldest segments of all streams go until no more than this is left. */
  readonly maxBytes?: number | undefined
}

/** What retention removed. */
export interface Retained {
  readonly removedSegments: number
  readonly removedBytes: number
}

/** A stream as retention sees it. */
export interface RetainedStream {
  readonly folder: string
  /** Makes the newest segment an empty one, so that all others may go. */
  restart(): Promise<void>
}

interface Candidate {
  readonly reader: SegmentReader
  readonly stream: RetainedStream
  readonly newest: boolean
  readonly bytes: number
  readonly lastWriteMs: number
}

/** Removes segments, oldest first. A stream's newest segment goes only after an empty one took its place. */
export async function retainStreams(
  streams: readonly RetainedStream[],
  { maxAgeMs = Infinity, maxBytes = Infinity, nowMs }: RetentionOptions & { readonly nowMs: number },
): Promise<Retained> {
  const segments = (await Promise.all(streams.map(candidates))).flat().sort((a, b) => a.lastWriteMs - b.lastWriteMs)
  let bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0)
  let [removedSegments, removedBytes] = [0, 0]
  const touched = new Set<string>()
  for (const segment of segments) {
    if (nowMs - segment.lastWriteMs <= maxAgeMs && bytes <= maxBytes) continue
    if (segment.newest) {
      const header = await segment.reader.header()
      if (header?.kind === 'header' && header.length === segment.bytes) continue // already the empty one
      await segment.stream.restart()
    }
    await unlink(segment.reader.path)
    touched.add(segment.stream.folder)
    bytes -= segment.bytes
    removedSegments++
    removedBytes += segment.bytes
  }
  for (const folder of touched) await syncFolder(folder)
  return { removedSegments, removedBytes }
}

async function candidates(stream: RetainedStream): Promise<Candidate[]> {
  const segments = await listSegments(stream.folder)
  return Promise.all(
    segments.map(async segment => {
      const reader = new SegmentReader(stream.folder, segment)
      const { size, mtimeMs } = await stat(reader.path)
      return { reader, stream, newest: segment === segments.at(-1), bytes: size, lastWriteMs: mtimeMs }
    }),
  )
}
