import { isAscii, isUtf8 } from 'node:buffer'
import type { Output } from '@logflow/cli'
import {
  lineNumber,
  lineOffset,
  pieceAt,
  PIECE_BEGUN,
  PIECE_GOES_ON,
  unknownDelivery,
  type Delivery,
  type Gap,
  type LineBatch,
  type SourceEvent,
} from '@logflow/core'
import type { DeliveryOutput } from './delivery-output.ts'

const NEWLINE = 10

/**
 * One JSON object per line on stdout, told apart by `kind`:
 *
 * - `line`: `host`, `path`, `line` (number within this read, where lines are counted), `offset` (byte in the file, where
 *   it is known), `text` without its newline. Bytes that are not UTF-8 are U+FFFD in `text`, and then `base64` has the
 *   line as it is. `newline: false` marks a last line that has none. A line that was cut comes as several of these:
 *   `goesOn: true` where the next one of its file goes on with it, `begun: true` where the one before began it.
 * - `gap`: bytes `from` to `to` (exclusive) of `path` are missing, and the `reason`.
 * - `event`: what happened to a source (`opened`, `rotated`, `truncated`, `ended`, `failed`), with its `detail`.
 * - `message`: a `text` of a server.
 */
export class JsonLines implements DeliveryOutput {
  readonly #stdout: Output

  constructor(stdout: Output) {
    this.#stdout = stdout
  }

  deliver(item: Delivery): Promise<void> {
    switch (item.kind) {
      case 'lines':
        return this.#stdout.write(linesText(item))
      case 'gap':
      case 'event':
        return this.write(noteOf(item))
      default:
        return unknownDelivery(item)
    }
  }

  say(text: string, host: string): Promise<void> {
    return text === '' ? Promise.resolve() : this.write({ kind: 'message', host, text: text.replace(/\n$/, '') })
  }

  /** Any other object. */
  write(value: object): Promise<void> {
    return this.#stdout.write(`${JSON.stringify(value)}\n`)
  }
}

function noteOf(item: Gap | SourceEvent): object {
  const { host, path } = item.source
  if (item.kind === 'gap') return { kind: 'gap', host, path, from: item.from, to: item.to, reason: item.reason }
  return { kind: 'event', host, path, event: item.event, ...(item.detail && { detail: item.detail }) }
}

function linesText(batch: LineBatch): string {
  const { source, ends } = batch
  const before = `{"kind":"line","host":${JSON.stringify(source.host)},"path":${JSON.stringify(source.path)}`
  const bytes = Buffer.from(batch.bytes.buffer, batch.bytes.byteOffset, batch.bytes.byteLength)
  // One string for all lines where a byte is a character.
  const ascii = isAscii(bytes) ? bytes.toString('latin1') : undefined
  let text = ''
  for (let index = 0, start = 0; index < ends.length; index++) {
    const end = ends[index] as number
    const whole = bytes[end - 1] === NEWLINE
    const to = whole ? end - 1 : end
    const content = ascii === undefined ? contentOf(bytes.subarray(start, to)) : textOf(ascii.slice(start, to))
    text += `${before}${placeOf(batch, index)}${content}${whole ? '' : ',"newline":false'}${pieceOf(batch, index)}}\n`
    start = end
  }
  return text
}

/** What is not known is left out: a Go server tells no offset, a search by time does not count lines. */
function placeOf(batch: LineBatch, index: number): string {
  const [number, offset] = [lineNumber(batch, index), lineOffset(batch, index)]
  return `${number > 0 ? `,"line":${number}` : ''}${offset >= 0 ? `,"offset":${offset}` : ''}`
}

function pieceOf(batch: LineBatch, index: number): string {
  const piece = pieceAt(batch, index)
  return `${piece & PIECE_BEGUN ? ',"begun":true' : ''}${piece & PIECE_GOES_ON ? ',"goesOn":true' : ''}`
}

function contentOf(bytes: Buffer): string {
  const text = textOf(bytes.toString('utf8'))
  return isUtf8(bytes) ? text : `${text},"base64":"${bytes.toString('base64')}"`
}

function textOf(text: string): string {
  return `,"text":${JSON.stringify(text)}`
}
