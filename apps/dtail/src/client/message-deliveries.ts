import type { LineBatch } from '@logflow/core'
import { eachMessage, parseServerMessage, type MessageBatch, type RemoteMessage } from '@logflow/protocol'

/** What the messages of a server of DTail mean to whoever wants deliveries. */
export type MessageMeaning =
  | { readonly kind: 'lines'; readonly batch: LineBatch; readonly name: string }
  /** The server itself says something, or a line came without its header. */
  | { readonly kind: 'text'; readonly text: string; readonly host: string }

/** Offset of a line of which only the number is known. */
const NO_OFFSET = -1

/**
 * Messages of a session with headers as deliveries, neighbours of one source together, and the texts of the hidden
 * ones. DTail tells the short name of a source and the number of a line, but no offset.
 */
export function meaningsOf(
  messages: MessageBatch,
  server: string,
): { readonly meanings: readonly MessageMeaning[]; readonly hidden: readonly string[] } {
  const meanings: MessageMeaning[] = []
  const hidden: string[] = []
  let run: RemoteMessage[] = []
  const endRun = (): void => {
    const [first] = run
    if (first) meanings.push({ kind: 'lines', batch: batchOf(first, run), name: first.sourceId })
    run = []
  }
  for (const message of eachMessage(messages)) {
    const parsed = parseServerMessage(message)
    if (parsed.kind === 'remote') {
      const [first] = run
      if (first && (first.hostname !== parsed.hostname || first.sourceId !== parsed.sourceId)) endRun()
      run.push(parsed)
      continue
    }
    endRun()
    if (parsed.kind === 'hidden') hidden.push(parsed.text)
    else if (parsed.kind === 'server') meanings.push({ kind: 'text', text: textOf(parsed.text), host: parsed.hostname })
    else if (parsed.kind === 'plain') meanings.push({ kind: 'text', text: textOf(parsed.content), host: server })
  }
  endRun()
  return { meanings, hidden }
}

/** All that is known of lines that came in messages. */
function batchOf({ hostname: host, sourceId }: RemoteMessage, run: readonly RemoteMessage[]): LineBatch {
  const bytes = Buffer.concat(run.map(({ content }) => content))
  const ends = new Uint32Array(run.length)
  let end = 0
  for (const [index, { content }] of run.entries()) ends[index] = end += content.length
  return {
    kind: 'lines',
    source: { host, path: sourceId, id: 'dtail' },
    offset: NO_OFFSET,
    bytes: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    ends,
    firstLine: run[0]?.line ?? 0,
    offsets: new Float64Array(run.length).fill(NO_OFFSET),
    lineNumbers: Float64Array.from(run, ({ line }) => line),
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString()
}
