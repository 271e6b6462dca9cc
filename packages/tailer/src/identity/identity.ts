import { hash } from 'node:crypto'
import type { ResumeToken } from '@logflow/core'
import type { FileFacts, ReadHandle } from '../files/file-system.ts'

/** Bytes at the start of a file that its identity is made of; a shorter file gives what it has. */
export const HEAD_BYTES = 1024
/** Bytes before an offset that prove, when hashed, that the file still holds what was read. */
export const TAIL_BYTES = 256

const VERSION = 'f1'
const ID = /^f1:([0-9a-f]+):([0-9a-f]+):([0-9a-z]+):(\d{1,4}):([0-9a-f]{16})(?:~[0-9a-z]+)?$/

/** What tells one generation of a file from another. */
export interface FileIdentity {
  /**
   * The `id` of a source: `f1:<device>:<inode>:<birth>:<head bytes>:<head hash>`, device and inode in hex, birth in ns to
   * base 36, the hash 16 hex digits of SHA-256. The number of hashed bytes is part of it, so that a file which was
   * small when it was first seen can be recognised after it has grown.
   */
  readonly id: string
  /** Device and inode, one word: what a rename keeps. Reused by the system once the file is gone. */
  readonly inodeKey: string
  /** The bytes that the head hash was made of; at most {@link HEAD_BYTES}. */
  readonly head: Uint8Array
  /** Birth time in ns since 1970, 0 where the file system does not tell. */
  readonly birthNs: bigint
  /** Last write, ns since 1970. */
  readonly mtimeNs: bigint
  /** Size when it was looked at. */
  readonly size: number
  /** What counts is packed in the file: head and size are those of the content. */
  readonly packed?: boolean
}

/** Device, inode and birth of something, as `stat` with `bigint` gives them. */
export interface InodeFacts {
  readonly dev: bigint
  readonly ino: bigint
  readonly birthtimeNs: bigint
}

/** Device and inode as one word. */
export function inodeKeyOf({ dev, ino }: InodeFacts): string {
  return `${dev.toString(16)}:${ino.toString(16)}`
}

/** What nobody else has while this file exists, and hardly after: inode and birth as one word. */
export function claimKeyOf({ inodeKey, birthNs }: Pick<FileIdentity, 'inodeKey' | 'birthNs'>): string {
  return `${inodeKey}@${birthNs.toString(36)}`
}

/**
 * Whether two looks saw one file: the same inode and birth. Its device may have another number after a mount or a start
 * of the machine; where births are told, nobody else has both.
 */
export function isSameFile(
  a: Pick<FileIdentity, 'inodeKey' | 'birthNs'>,
  b: Pick<FileIdentity, 'inodeKey' | 'birthNs'>,
): boolean {
  if (a.birthNs !== b.birthNs) return false
  return a.inodeKey === b.inodeKey || (a.birthNs !== 0n && inodeOf(a.inodeKey) === inodeOf(b.inodeKey))
}

function inodeOf(inodeKey: string): string {
  return inodeKey.slice(inodeKey.indexOf(':') + 1)
}

/** Reads what {@link claimKeyOf} gave. */
export function parseClaimKey(key: string): Pick<FileIdentity, 'inodeKey' | 'birthNs'> {
  const [inodeKey = '', birth = ''] = key.split('@')
  return { inodeKey, birthNs: fromBase36(birth) }
}

/** What of an identity does not depend on what the file holds. */
export type SeenIdentity = Pick<FileIdentity, 'inodeKey' | 'birthNs' | 'mtimeNs' | 'size'>

/** The facts of a file that is not open, as its last look tells them. */
export function factsOf({ inodeKey, birthNs: birthtimeNs, mtimeNs, size }: SeenIdentity): FileFacts {
  const [dev, ino] = inodeKey.split(':').map(hex => BigInt(`0x${hex}`)) as [bigint, bigint]
  return { dev, ino, size: BigInt(size), birthtimeNs, mtimeNs, isFile: () => true }
}

/** The identity of an open file, of its head as it is now. */
export async function identify(handle: ReadHandle): Promise<FileIdentity> {
  return identifyBy(handle, await handle.stat({ bigint: true }))
}

/** As {@link identify}, with facts that are at hand. */
export function identifyBy(handle: ReadHandle, stat: FileFacts): Promise<FileIdentity> {
  return readAt(handle, 0, HEAD_BYTES).then(head => identityOf(stat, head))
}

/** How much was in a file for sure, whose size was asked for before its head was read. */
export function sizeSeen({ head, size }: Pick<FileIdentity, 'head' | 'size'>): number {
  return head.length < Math.min(HEAD_BYTES, size) ? head.length : Math.max(head.length, size)
}

/** The identity of a file that begins with `head`; of `size` bytes, when the facts came before its head or after it. */
export function identityOf(stat: FileFacts, head: Uint8Array, size = Number(stat.size)): FileIdentity {
  const inodeKey = inodeKeyOf(stat)
  const { birthtimeNs: birthNs, mtimeNs } = stat
  // Of an empty file only its last write tells whether it is new or was cut, or that it had a size a moment ago.
  const cut = size > 0 ? size.toString(36) : ''
  const mark = head.length === 0 && (mtimeNs > birthNs || size > 0) ? `~${mtimeNs.toString(36)}${cut}` : ''
  const id = `${VERSION}:${inodeKey}:${birthNs.toString(36)}:${head.length}:${hashBytes(head)}${mark}`
  return { id, inodeKey, head, birthNs, mtimeNs, size }
}

/** The id of another content of the same inode; `mark` in base 36 tells it from all others. */
export function markedId(id: string, mark: string): string {
  return `${id.replace(/~.*$/, '')}~${mark}`
}

/** What a source id of this package says. */
export interface ParsedIdentity {
  readonly inodeKey: string
  readonly birthNs: bigint
  readonly headBytes: number
  readonly headHash: string
}

/** Reads an id; `undefined` when it was not made by {@link identify}. */
export function parseIdentity(id: string): ParsedIdentity | undefined {
  const match = ID.exec(id)
  if (!match) return undefined
  const [, device = '', inode = '', birth = '', headBytes = '', headHash = ''] = match
  return { inodeKey: `${device}:${inode}`, birthNs: fromBase36(birth), headBytes: Number(headBytes), headHash }
}

/**
 * Proof of what lies before `offset`: `<bytes>:<hash>` over the last {@link TAIL_BYTES} before it, empty at offset 0.
 * `undefined` when the file is shorter than `offset`.
 */
export async function hashTail(handle: ReadHandle, offset: number): Promise<string | undefined> {
  const length = Math.min(TAIL_BYTES, offset)
  const bytes = await readAt(handle, offset - length, length)
  return bytes.length === length ? formatTailHash(bytes) : undefined
}

/**
 * The proof for bytes that are at hand: the last {@link TAIL_BYTES} before an offset, `<bytes>:<hash>`, and `+`, in
 * base64url, the beginning of the open line after it, which tells files apart whose whole lines are equal. It is not
 * hashed: a copy that is only being made has to be told by less of it.
 */
export function formatTailHash(before: Uint8Array, after: Uint8Array = new Uint8Array(0)): string {
  if (before.length === 0) return ''
  const open = after.length === 0 ? '' : `+${Buffer.from(after).toString('base64url')}`
  return `${before.length}:${hashBytes(before)}${open}`
}

/** What {@link formatTailHash} wrote; `undefined` of an empty proof. */
interface TailProof {
  readonly before: number
  readonly hash: string
  readonly open: Uint8Array
}

function parseTailHash(tailHash: string): TailProof | undefined {
  const match = /^(\d{1,3}):([0-9a-f]+)(?:\+([\w-]+))?$/.exec(tailHash)
  if (!match || Number(match[1]) === 0) return undefined
  const [, before = '0', hash = '', open = ''] = match
  return { before: Number(before), hash, open: Buffer.from(open, 'base64url') }
}

/** Whether `bytes`, which begin `before` bytes before the offset, are those of the proof; an open line as far as it is there. */
function provesTail(bytes: Uint8Array, { before, hash, open }: TailProof): boolean {
  if (bytes.length < before || hashBytes(bytes.subarray(0, before)) !== hash) return false
  const found = bytes.subarray(before, before + open.length)
  return Buffer.compare(found, open.subarray(0, found.length)) === 0
}

/** Whether a file has the bytes that `tailHash` proves around `offset`. */
export async function hasTailOf(handle: ReadHandle, offset: number, tailHash: string): Promise<boolean> {
  const proof = parseTailHash(tailHash)
  if (!proof || proof.before > offset) return false
  return provesTail(await readAt(handle, offset - proof.before, proof.before + proof.open.length), proof)
}

/** Where a reader who has everything before `offset` goes on. */
export async function resumeTokenAt(handle: ReadHandle, sourceId: string, offset: number): Promise<ResumeToken> {
  return { sourceId, offset, tailHash: (await hashTail(handle, offset)) ?? '' }
}

/**
 * Whether the open file still is what the token speaks of: same inode and birth, same head, and the same bytes before
 * the offset. A file that was truncated and has grown past the offset since is not.
 */
export async function provesResumeToken(handle: ReadHandle, token: ResumeToken): Promise<boolean> {
  const parsed = parseIdentity(token.sourceId)
  if (!parsed) return false
  const stat = await handle.stat({ bigint: true })
  if (!isSameFile(parsed, { inodeKey: inodeKeyOf(stat), birthNs: stat.birthtimeNs })) return false
  return holdsContentOf(handle, token)
}

const CUT_OFF = 'cut-off'

/** The proof of a source that was cut off: nothing has to be found of it any more, and what `token` proves is a copy. */
export function formatCutOff({ offset, tailHash }: ResumeToken): string {
  return `${CUT_OFF}@${offset}@${tailHash}`
}

/** Whether a proof was made by {@link formatCutOff}. */
export function isCutOff(tailHash: string): boolean {
  return tailHash.startsWith(CUT_OFF)
}

/** What a token proves, that of a source which was cut off too. */
export function provableToken({ sourceId, offset, tailHash }: ResumeToken): ResumeToken {
  if (!isCutOff(tailHash)) return { sourceId, offset, tailHash }
  const [, cutAt = '0', proof = ''] = tailHash.split('@')
  return { sourceId, offset: Number(cutAt), tailHash: proof }
}

/** Whether the first bytes of a content may be those of the one that a token speaks of. */
export function mayBeginAs(head: Uint8Array, { sourceId }: ResumeToken): boolean {
  const { headBytes, headHash } = parseIdentity(sourceId) ?? { headBytes: 0, headHash: '' }
  return headBytes === 0 || (head.length >= headBytes && hashBytes(head.subarray(0, headBytes)) === headHash)
}

/**
 * Whether a file may be what a token speaks of, by what was seen of it when it was opened: inode and birth, its first
 * bytes, and what lies before the offset as far as these reach. Asks nothing of the file.
 */
export function maySpeakOf({ inodeKey, birthNs, head }: FileIdentity, token: ResumeToken): boolean {
  const { sourceId, offset, tailHash } = token
  const parsed = parseIdentity(sourceId)
  if (!parsed || !isSameFile(parsed, { inodeKey, birthNs })) return false
  const { headBytes } = parsed
  // What ended here ended before the offset.
  if (head.length < Math.min(HEAD_BYTES, Math.max(offset, headBytes)) || !mayBeginAs(head, token)) return false
  const proof = parseTailHash(tailHash)
  if (!proof) return tailHash === '' && (offset === 0 || headBytes > 0)
  if (proof.before > offset) return false
  return offset > head.length || provesTail(head.subarray(offset - proof.before), proof)
}

/**
 * The bytes before the offset of a token, at most {@link TAIL_BYTES}, if a file is what it speaks of. It is asked for
 * what was not seen when it was opened alone: an answer to a question more may be of another content, if it is cut.
 */
export async function tailOfToken(
  { handle, identity }: { readonly handle: ReadHandle; readonly identity: FileIdentity },
  token: ResumeToken,
): Promise<Uint8Array | undefined> {
  if (!maySpeakOf(identity, token)) return undefined
  const { offset, tailHash } = token
  const { head } = identity
  const length = Math.min(TAIL_BYTES, offset)
  if (offset <= head.length) return head.subarray(offset - length, offset)
  const proof = parseTailHash(tailHash)
  const bytes = await readAt(handle, offset - length, length + (proof?.open.length ?? 0))
  const proven = !proof || provesTail(bytes.subarray(length - proof.before), proof)
  return proven && bytes.length >= length ? bytes.subarray(0, length) : undefined
}

/** As {@link provesResumeToken}, by content alone: also true for a copy of the file. */
export async function holdsContentOf(handle: ReadHandle, token: ResumeToken): Promise<boolean> {
  return (await holdsHeadOf(handle, token)) && (await holdsTailOf(handle, token))
}

/** Whether the head is that of a token. One too short for that, as a copy of the beginning is, is told by the tail alone. */
async function holdsHeadOf(handle: ReadHandle, { sourceId, offset, tailHash }: ResumeToken): Promise<boolean> {
  const parsed = parseIdentity(sourceId)
  if (!parsed) return false
  const head = await readAt(handle, 0, parsed.headBytes)
  if (head.length === parsed.headBytes) return hashBytes(head) === parsed.headHash
  return head.length >= offset && parseTailHash(tailHash) !== undefined
}

async function holdsTailOf(handle: ReadHandle, { sourceId, offset, tailHash }: ResumeToken): Promise<boolean> {
  if (tailHash === '') {
    // Without any byte to compare, only the start of a file can be told.
    const proof = offset === 0 || (parseIdentity(sourceId)?.headBytes ?? 0) > 0
    return proof && (await handle.stat({ bigint: true })).size >= offset
  }
  return hasTailOf(handle, offset, tailHash)
}

/**
 * At most `size` bytes, fewer where the file ends. One read alone: what a second one brings may belong to another
 * content, when the file is cut and written between.
 */
export function readAt(handle: ReadHandle, position: number, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size)
  if (size === 0) return Promise.resolve(bytes)
  return handle.read(bytes, 0, size, position).then(({ bytesRead }) => bytes.subarray(0, bytesRead))
}

/** First 16 hex digits of SHA-256. */
export function hashBytes(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex').slice(0, 16)
}

/** Reads what `toString(36)` wrote. */
export function fromBase36(text: string): bigint {
  if (text.startsWith('-')) return -fromBase36(text.slice(1))
  let value = 0n
  for (const digit of text) value = value * 36n + BigInt(parseInt(digit, 36))
  return value
}
