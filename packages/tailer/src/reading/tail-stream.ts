import type { Readable } from 'node:stream'
import type { LineBatch } from '@logflow/core'
import { follow } from '../follow/follow.ts'
import { readableOf } from './node-stream.ts'
import type { FollowOptions } from '../options.ts'

/** Options of {@link tailStream}. */
export interface TailStreamOptions extends FollowOptions {
  /** `bytes`: chunks as they come; `lines`: one string per line, decoded as UTF-8, without its end. @defaultValue 'bytes' */
  readonly as?: 'bytes' | 'lines' | undefined
}

/**
 * {@link follow} as a Node stream, for code that wants one. Says nothing of losses: who must know of them takes `follow`,
 * or `toNodeStream` with its `onOther`. Destroying it ends the following.
 *
 * @throws TailerError `LF_TAILER_GLOB` on a malformed pattern, as an `error` of the stream
 */
export function tailStream(
  paths: string | readonly string[],
  { as = 'bytes', ...options }: TailStreamOptions = {},
): Readable {
  const deliveries = follow(paths, options)
  return readableOf(deliveries, {
    objectMode: as === 'lines',
    chunksOf: item => (item.kind !== 'lines' ? [] : as === 'bytes' ? [item.bytes] : textLines(item)),
    // Ends the wait for the next line, too.
    end: async () => deliveries.return?.(),
  })
}

function* textLines({ bytes, ends }: LineBatch): Generator<string, void, undefined> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let start = 0
  for (const end of ends) {
    yield buffer.toString('utf8', start, buffer[end - 1] === 10 ? end - 1 : end)
    start = end
  }
}
