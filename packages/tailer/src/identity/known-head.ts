import { HEAD_BYTES, hashBytes, parseIdentity, TAIL_BYTES } from './identity.ts'
import type { FreshBytes } from '../lines/line-cutter.ts'

/** A head of so many bytes is kept whole in its proof; of a longer one, so many are. */
const [WHOLE_BYTES, START_BYTES] = [256, 64]

/** Proof of the first bytes of a content: how many they are and, in hex, what they hash to. */
export interface HeadProof {
  readonly length: number
  readonly hash: string
  /** The first of them, one character each: of what is shorter it can be told whether it begins alike. */
  readonly start: string
}

/** The first bytes of a content as far as they were seen; or their proof, where they were given up to save memory. */
export type KnownHead = Uint8Array | HeadProof

/** The proof of a head, to be kept instead of it. */
export function proofOfHead(head: KnownHead): HeadProof {
  if (!(head instanceof Uint8Array)) return head
  return { length: head.length, hash: hashBytes(head), start: startOf(head) }
}

/** The first bytes of a head as a proof keeps them. */
export function startOf(head: KnownHead): string {
  if (!(head instanceof Uint8Array)) return head.start
  return textOf(head.subarray(0, head.length > WHOLE_BYTES ? START_BYTES : head.length))
}

/** A head whose proof a source id has, but for its `start`; all of a short one. */
export function headOfId(sourceId: string, start: string): KnownHead | undefined {
  const { headBytes: length = 0, headHash: hash = '' } = parseIdentity(sourceId) ?? {}
  return start.length === length ? Buffer.from(start, 'latin1') : hash === '' ? undefined : { length, hash, start }
}

/** Whether a source id has the proof of a head. */
export function isHeadOfId(head: KnownHead, sourceId: string): boolean {
  // Not taken apart: this is asked of every file that goes to rest.
  if (!sourceId.includes(`:${head.length}:`)) return false
  const proof = `:${head.length}:${head instanceof Uint8Array ? hashBytes(head) : head.hash}`
  return sourceId.endsWith(proof) || sourceId.includes(`${proof}~`)
}

/** A head with what was read at `at`, as far as that belongs to it. */
export function grownHead(head: KnownHead, at: number, { buffer, from, to }: FreshBytes): KnownHead {
  if (at > head.length || head.length >= Math.min(HEAD_BYTES, at + to - from)) return head
  const bytes = buffer.subarray(from, Math.min(to, from + HEAD_BYTES - at))
  if (head instanceof Uint8Array) return Buffer.concat([head.subarray(0, at), bytes])
  // Of a short one all was compared in the same read.
  return at <= TAIL_BYTES ? Buffer.concat([buffer.subarray(from - at, from), bytes]) : head
}

/** Whether `bytes` begin with all that was seen of a head. */
export function beginsWith(bytes: Uint8Array, head: KnownHead): boolean {
  if (bytes.length < head.length) return false
  const start = bytes.subarray(0, head.length)
  return head instanceof Uint8Array ? Buffer.compare(start, head) === 0 : hashBytes(start) === head.hash
}

/**
 * Whether one begins with the other, and there is anything to compare. Of a head whose bytes were given up nobody can
 * always tell whether it begins with fewer: then it does not, since a copy that is read twice is better than one that
 * is lost.
 */
export function beginAlike(head: KnownHead, bytes: Uint8Array): boolean {
  if (head.length === 0 || bytes.length === 0) return false
  if (bytes.length >= head.length) return beginsWith(bytes, head)
  if (head instanceof Uint8Array) return Buffer.compare(head.subarray(0, bytes.length), bytes) === 0
  return bytes.length <= head.start.length && textOf(bytes) === head.start.slice(0, bytes.length)
}

/** Whether bytes that do not begin alike, as far as anybody can tell, may do so: more of them than a proof keeps. */
export function mayBeginAlike(head: KnownHead, bytes: Uint8Array): boolean {
  if (head instanceof Uint8Array || bytes.length >= head.length || head.start === '') return false
  return bytes.length > head.start.length && textOf(bytes.subarray(0, head.start.length)) === head.start
}

/** One character for each byte. */
function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}
