import type { Delivery, ResumeToken, Source } from '@logflow/core'
import type { CheckpointEntry } from './checkpoint-log.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { ReadHandle } from './file-system.ts'
import { Generation } from './generation.ts'
import { isYounger, parseHorizon } from './horizon.ts'
import {
  formatCutOff,
  HEAD_BYTES,
  identify,
  isCutOff,
  markedId,
  mayBeginAs,
  parseIdentity,
  provableToken,
  provesResumeToken,
  type FileIdentity,
  type ParsedIdentity,
} from './identity.ts'
import { findByToken, findMissed, inOrderOfBirth, type GenerationBase, type Sibling } from './siblings.ts'

/** Files of one path that a crash left half read; older ones are given up. */
const MAX_OPEN = 16

/** What the path names now, opened. */
export interface OpenedFile extends GenerationBase {
  readonly handle: ReadHandle
  readonly source: Source
  readonly identity: FileIdentity
}

/** What is to be read first, in order, and what has to be told before. */
export interface Resumed {
  readonly generations: readonly Generation[]
  readonly notices: readonly Delivery[]
}

/**
 * Where to go on with a path after a restart; `undefined` when nothing is known of it:
 *
 * | the path names | then |
 * | --- | --- |
 * | the file of the checkpoint, same head and tail | from its offset, under its old id |
 * | another file | the rest of the old one, found by inode or content beside it; then generations born between; then this one from 0 |
 * | the same inode, other content | truncated meanwhile: the rest from a copy if there is one; then this one from 0 |
 * | nothing | the rest of the old one, if it is there |
 *  */
export async function resumeGenerations(
  checkpoint: Checkpoint,
  file: OpenedFile | GenerationBase,
): Promise<Resumed | undefined> {
  const known = checkpoint.entries().filter(entry => entry.host === file.host && entry.path === file.path)
  known.reverse()
  const [newest, ...older] = known
  if (!newest) return undefined
  if ('handle' in file) {
    for (const entry of known) {
      const proven = await openProven(file, entry)
      if (proven) return { generations: [proven], notices: [] }
    }
  }
  return resumeRotated(file, [newest, ...older], checkpoint)
}

/** The checkpoint speaks of a file that the path does not name any more. */
async function resumeRotated(
  file: OpenedFile | GenerationBase,
  known: readonly [CheckpointEntry, ...CheckpointEntry[]],
  checkpoint: Checkpoint,
): Promise<Resumed> {
  const [newest] = known
  const open = known.filter(({ complete, tailHash }) => !complete && !isCutOff(tailHash))
  const [entry = newest] = open
  const generations = await reopenOlder(open.slice(1, MAX_OPEN), file)
  const old: Source = { host: entry.host, path: entry.path, id: entry.sourceId }
  const identity = parseIdentity(entry.sourceId)
  const named = 'handle' in file ? file : undefined
  const truncated = named !== undefined && identity !== undefined && isSameFile(identity, named.identity)
  const now = truncated ? await identifyAgain(named, entry) : named
  const rest = await findByToken(entry, file)
  const lost = rest ? undefined : { entry, old, was: named, now: truncated ? now : undefined }
  if (rest)
    generations.push(await Generation.open({ ...file, ...rest, source: old, offset: entry.offset, copy: truncated }))
  const next = now && (await beginAgain(now, truncated ? entry.atMs : undefined))
  const held = next ? [...generations, next] : generations
  const missed = await findMissed({ isNew: isAfter(entry, identity), held, tokens: known.map(provableToken) }, file)
  generations.push(...inOrderOfBirth(missed), ...(next ? [next] : []))
  return { generations, notices: lost ? tellLost(lost, checkpoint) : [] }
}

interface Lost {
  readonly entry: CheckpointEntry
  readonly old: Source
  /** What the path named when it was opened. */
  readonly was: OpenedFile | undefined
  /** The same after another look, where it is the file of the entry, cut. */
  readonly now: OpenedFile | undefined
}

/** What is to be said of a file whose rest is nowhere: how much that was, if it was cut while it was looked at. */
function tellLost({ entry, old, was, now }: Lost, checkpoint: Checkpoint): Delivery[] {
  const { offset, path, tailHash, complete } = entry
  if (isCutOff(tailHash) || complete) return []
  const message = `what followed byte ${offset} of ${path} was not found`
  const told: Delivery[] = [{ kind: 'event', source: old, event: 'failed', detail: { message, offset } }]
  const to = was && now && isCutSince(was.identity, now.identity) ? sizeSeen(was.identity) : 0
  if (to > offset) {
    checkpoint.note(old.id, to, formatCutOff(entry))
    told.push({ kind: 'gap', source: old, from: offset, to, reason: 'truncated' })
  }
  const event = now ? 'truncated' : 'rotated'
  if (was) told.push({ kind: 'event', source: old, event, detail: { offset: Math.max(to, offset) } })
  return told
}

/** Files that were being read to their end beside the last one, oldest first. */
async function reopenOlder(entries: readonly CheckpointEntry[], base: GenerationBase): Promise<Generation[]> {
  const generations: Generation[] = []
  for (const entry of entries.toReversed()) {
    const rest = await findByToken(entry, base)
    const source: Source = { host: entry.host, path: entry.path, id: entry.sourceId }
    if (rest) generations.push(await Generation.open({ ...base, ...rest, source, offset: entry.offset }))
  }
  return generations
}

/** What the path names, from its start: a new source, told by `markMs`, when it is the file of the entry with other content. */
async function beginAgain(named: OpenedFile, markMs: number | undefined): Promise<Generation> {
  if (markMs === undefined) return begin(named, 0)
  const id = markedId(named.identity.id, markMs.toString(36))
  return begin({ ...named, source: { ...named.source, id } }, 0)
}

/**
 * The identity of a file that was cut, which may have been since it was opened: then its head was that of the old
 * content. If it was that of another one, this one is lost, or copied away, as any that is cut.
 */
async function identifyAgain(file: OpenedFile, entry: CheckpointEntry): Promise<OpenedFile> {
  return mayBeginAs(file.identity.head, entry) ? { ...file, identity: await identify(file.handle) } : file
}

/** Whether a file was cut between two looks, as far as size and head tell. */
function isCutSince(was: FileIdentity, now: FileIdentity): boolean {
  return now.size < was.size || Buffer.compare(now.head.subarray(0, was.head.length), was.head) !== 0
}

/** How much was in a file for sure: its size is asked for before its head is read. */
function sizeSeen({ head, size }: FileIdentity): number {
  return head.length === Math.min(HEAD_BYTES, size) ? size : head.length
}

/** Whether a sibling came after what an entry speaks of: a younger file, or the same one with other content. */
function isAfter({ beside }: CheckpointEntry, identity: ParsedIdentity | undefined): (file: Sibling) => boolean {
  const horizon = parseHorizon(beside, identity?.birthNs ?? 0n)
  return file => isYounger(file, horizon) || (identity !== undefined && isSameFile(identity, file))
}

function isSameFile(a: Pick<Sibling, 'inodeKey' | 'birthNs'>, b: Pick<Sibling, 'inodeKey' | 'birthNs'>): boolean {
  return a.inodeKey === b.inodeKey && a.birthNs === b.birthNs
}

/** The file that a token speaks of, from its offset; `undefined` when it is another, or is cut meanwhile. */
export async function openProven(file: OpenedFile, token: ResumeToken): Promise<Generation | undefined> {
  if (!(await provesResumeToken(file.handle, token))) return undefined
  const { sourceId, offset } = token
  const generation = await begin({ ...file, source: { ...file.source, id: sourceId } }, offset)
  // What was found before the offset is a proof only if it was still the same file then.
  return (await provesResumeToken(file.handle, token)) ? generation : undefined
}

function begin({ handle, source, identity, buffer, maxLineBytes }: OpenedFile, offset: number): Promise<Generation> {
  return Generation.open({ handle, source, identity, buffer, maxLineBytes, offset })
}

/** A file nobody knows. A place to begin at is remembered at once: what comes while we are away is not to be missed. */
export async function beginNew(
  checkpoint: Checkpoint | undefined,
  file: OpenedFile,
  from: 'start' | 'end' | number,
): Promise<Generation> {
  const { size } = file.identity
  const start = from === 'start' ? 0 : Math.min(size, from === 'end' ? size : from)
  const generation = await begin(file, start)
  if (!checkpoint || from === 'start') return generation
  checkpoint.begin(generation.source, generation.token)
  return generation
}
