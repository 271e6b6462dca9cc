import type { LineBatch, Source } from '@logflow/core'
import { detectLineTime, type LineTimeReader, type TimestampOptions } from '@logflow/record'

/** Time of lines before which no line said when it was written. */
const NO_TIME: number = -Infinity

interface Memory {
  reader: LineTimeReader | undefined
  last: number
}

/** How stamps without zone or year are read: as this machine's own, of about now. */
export function localStamps(now: number): TimestampOptions {
  return { referenceTimeMs: now, zoneOffsetMinutes: -new Date(now).getTimezoneOffset() }
}

/**
 * When the lines of many sources were written. A line that does not say has the time of the one before it, so that a
 * stack trace stays with its cause; {@link NO_TIME} before the first that says.
 */
export class LineTimes {
  readonly #options: TimestampOptions
  readonly #memories = new Map<string, Memory>()

  constructor(options: TimestampOptions) {
    this.#options = options
  }

  /** Whether a line of the source has said when it was written. */
  knows(source: Source): boolean {
    return this.#memory(source).reader !== undefined
  }

  /** Milliseconds since 1970, for each line. Batches of one source are to be given in order. */
  of(batch: LineBatch): Float64Array {
    const memory = this.#memory(batch.source)
    const reader = (memory.reader ??= detectLineTime(batch, this.#options))
    const times = new Float64Array(batch.ends.length)
    if (!reader) return times.fill(NO_TIME)
    for (let index = 0, start = 0; index < times.length; index++) {
      const end = batch.ends[index] as number
      times[index] = memory.last = reader.timeOf(batch.bytes, start, end) ?? memory.last
      start = end
    }
    return times
  }

  /** A file that was rotated goes on where its predecessor ended. */
  #memory({ host, path }: Source): Memory {
    const key = `${host}\0${path}`
    let memory = this.#memories.get(key)
    if (!memory) this.#memories.set(key, (memory = { reader: undefined, last: NO_TIME }))
    return memory
  }
}
