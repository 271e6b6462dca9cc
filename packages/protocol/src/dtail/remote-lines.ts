import type { LineBatch } from '@logflow/core'
import { utf8Bytes } from '../utf8.ts'
import { MESSAGE_END } from './constants.ts'
import { shortHostname } from './server-message.ts'

const NEWLINE = 10

/** Options of {@link encodeRemoteLines}. */
export interface RemoteLinesOptions {
  /** Host name; cut at its first dot. */
  readonly hostname: string
  /** What {@link sourceIdOf} says. */
  readonly sourceId: string
  /** Lines without their header. */
  readonly plain: boolean
}

/**
 * A whole batch as messages, in one buffer. Each is `REMOTE|<host>|100|<number>|<source>|<line>` (in a plain session
 * the line alone) and the terminator. A line without `\n` gets one, so that every client prints it as a line.
 *
 * A byte 0xAC inside a line is not escaped: the protocol has no way to, and clients split the message there.
 */
export function encodeRemoteLines(batch: LineBatch, { hostname, sourceId, plain }: RemoteLinesOptions): Uint8Array {
  const { bytes, ends } = batch
  const before = plain ? new Uint8Array(0) : utf8Bytes(`REMOTE|${shortHostname(hostname)}|100|`)
  const after = plain ? before : utf8Bytes(`|${sourceId}|`)
  const size = messagesSize(batch, before.length + after.length, plain)
  const out = new Uint8Array(size)
  // The lines are copied once, to the end of the buffer, and move forward from there: what is written never reaches
  // what is still to be moved, since all that is added before a line lies before it.
  let from = size - bytes.length
  out.set(bytes, from)
  let at = 0
  for (let i = 0, start = 0; i < ends.length; i++) {
    const end = ends[i] as number
    if (!plain) {
      for (let j = 0; j < before.length; j++) out[at++] = before[j] as number
      at = writeDecimal(out, at, lineNumber(batch, i))
      for (let j = 0; j < after.length; j++) out[at++] = after[j] as number
    }
    const length = end - start
    out.copyWithin(at, from, from + length)
    at += length
    from += length
    if (length === 0 || out[at - 1] !== NEWLINE) out[at++] = NEWLINE
    out[at++] = MESSAGE_END
    start = end
  }
  return out
}

/**
 * What messages call a source: the parts of the path that stand where the glob has a `*`, joined by `/`; the base name
 * when the glob has none. `-` and `journal:…` are called what they are.
 */
export function sourceIdOf(glob: string, path: string): string {
  if (path === '-' || path.startsWith('journal:')) return path
  const pathParts = path.split('/')
  const parts = cleanPath(glob)
    .split('/')
    .flatMap((part, index) => (part.includes('*') ? [pathParts[index] ?? ''] : []))
  return parts.length > 0 ? parts.join('/') : (pathParts.at(-1) as string)
}

/** Lexical clean-up of a path as in Go: no double or trailing slash, no `.`, no `..` that can be resolved. */
export function cleanPath(path: string): string {
  const rooted = path.startsWith('/')
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else if (!rooted) parts.push(part)
  }
  const clean = parts.join('/')
  return rooted ? `/${clean}` : clean === '' ? '.' : clean
}

function lineNumber(batch: LineBatch, index: number): number {
  if (batch.lineNumbers) return batch.lineNumbers[index] as number
  return batch.firstLine === 0 ? 0 : batch.firstLine + index
}

function messagesSize(batch: LineBatch, headerBytes: number, plain: boolean): number {
  const { bytes, ends } = batch
  let size = bytes.length + ends.length * (headerBytes + 1)
  for (let i = 0, start = 0; i < ends.length; i++) {
    const end = ends[i] as number
    if (end === start || bytes[end - 1] !== NEWLINE) size++
    if (!plain) size += decimalDigits(lineNumber(batch, i))
    start = end
  }
  return size
}

function decimalDigits(number: number): number {
  let digits = 1
  for (let bound = 10; number >= bound; bound *= 10) digits++
  return digits
}

/** Writes a safe integer >= 0 and returns the position after it. */
function writeDecimal(out: Uint8Array, at: number, number: number): number {
  const end = at + decimalDigits(number)
  let rest = number
  for (let i = end - 1; i >= at; i--) {
    const next = Math.floor(rest / 10)
    out[i] = 48 + rest - next * 10
    rest = next
  }
  return end
}
