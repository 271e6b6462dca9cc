import { hostname } from 'node:os'
import type { AbortOptions, Delivery, Source } from '@logflow/core'
import { LineCutter } from '../lines/line-cutter.ts'

/** Options of {@link readStream}. */
export interface ReadStreamOptions extends AbortOptions {
  /** @defaultValue `-` */
  readonly path?: string | undefined
  /** @defaultValue the name of this machine */
  readonly host?: string | undefined
  /** @defaultValue `stream:` and the time of opening, so that two runs are two sources */
  readonly id?: string | undefined
  /** A longer line is delivered in pieces of this size. @defaultValue 1 MiB */
  readonly maxLineBytes?: number | undefined
}

/** Bytes that arrive (a pipe, a socket, standard input) as deliveries, to their end. Whatever `chunks` throws is thrown. */
export async function* readStream(
  chunks: AsyncIterable<Uint8Array>,
  { path = '-', host = hostname(), id, maxLineBytes = 1024 * 1024, signal }: ReadStreamOptions = {},
): AsyncGenerator<Delivery, void, undefined> {
  signal?.throwIfAborted()
  const source: Source = { host, path, id: id ?? `stream:${Date.now().toString(36)}` }
  const cutter = new LineCutter({ source, offset: 0, maxLineBytes })
  yield { kind: 'event', source, event: 'opened' }
  for await (const chunk of chunks) {
    signal?.throwIfAborted()
    const buffer = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    const cut = cutter.push({ buffer, from: 0, to: buffer.length })
    if (cut) yield cut.batch
  }
  const last = cutter.end()
  if (last) yield last
  yield { kind: 'event', source, event: 'ended', detail: { offset: cutter.offset, lines: cutter.nextLine - 1 } }
}

/** Standard input of this process as deliveries, to its end. */
export async function* readStdin(options: ReadStreamOptions = {}): AsyncGenerator<Delivery, void, undefined> {
  // With all that belongs to a process it takes memory, which whoever follows files needs for these.
  const { stdin } = await import('node:process')
  yield* readStream(stdin, options)
}
