import type { Delivery, Source } from '@logflow/core'
import type { CheckpointEntry } from './checkpoint-log.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { ReadHandle } from './file-system.ts'
import { Generation } from './generation.ts'
import { isYounger, parseHorizon } from './horizon.ts'
import {
  identify,
  isCutOff,
  markedId,
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
  const same = 'handle' in file && (await firstProven(file.handle, known))
  if (same) return { generations: [await reopen(file, same)], notices: [] }
  return resumeRotated(file, [newest, ...older])
}

/** The checkpoint speaks of a file that the path does not name any more. */
async function resumeRotated(
  file: OpenedFile | GenerationBase,
  known: readonly [CheckpointEntry, ...CheckpointEntry[]],
): Promise<Resumed> {
  const [newest] = known
  const open = known.filter(({ complete, tailHash }) => !complete && !isCutOff(tailHash))
  const [entry = newest] = open
  const generations = await reopenOlder(open.slice(1, MAX_OPEN), file)
  const notices: Delivery[] = []
  const old: Source = { host: entry.host, path: entry.path, id: entry.sourceId }
  const identity = parseIdentity(entry.sourceId)
  const named = 'handle' in file ? file : undefined
  const truncated = named !== undefined && identity !== undefined && isSameFile(identity, named.identity)
  const rest = await findByToken(entry, file)
  if (rest) {
    generations.push(await Generation.open({ ...file, ...rest, source: old, offset: entry.offset, copy: truncated }))
  } else if (!isCutOff(entry.tailHash) && !entry.complete) {
    const message = `what followed byte ${entry.offset} of ${entry.path} was not found`
    const event = truncated ? 'truncated' : 'rotated'
    notices.push({ kind: 'event', source: old, event: 'failed', detail: { message, offset: entry.offset } })
    if (named) notices.push({ kind: 'event', source: old, event, detail: { offset: entry.offset } })
  }
  const next = named && (await beginAgain(named, truncated ? entry : undefined))
  const held = next ? [...generations, next] : generations
  const missed = await findMissed({ isNew: isAfter(entry, identity), held, tokens: known.map(provableToken) }, file)
  generations.push(...inOrderOfBirth(missed), ...(next ? [next] : []))
  return { generations, notices }
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

/** What the path names, from its start: a new source when it is the file of the entry with other content. */
async function beginAgain(named: OpenedFile, cut: CheckpointEntry | undefined): Promise<Generation> {
  if (!cut) return begin(named, 0)
  // It may have been cut since it was opened: then its head was that of the old content.
  const identity = await identify(named.handle)
  const id = markedId(identity.id, cut.atMs.toString(36))
  return begin({ ...named, identity, source: { ...named.source, id } }, 0)
}

/** Whether a sibling came after what an entry speaks of: a younger file, or the same one with other content. */
function isAfter({ beside }: CheckpointEntry, identity: ParsedIdentity | undefined): (file: Sibling) => boolean {
  const horizon = parseHorizon(beside, identity?.birthNs ?? 0n)
  return file => isYounger(file, horizon) || (identity !== undefined && isSameFile(identity, file))
}

function isSameFile(a: Pick<Sibling, 'inodeKey' | 'birthNs'>, b: Pick<Sibling, 'inodeKey' | 'birthNs'>): boolean {
  return a.inodeKey === b.inodeKey && a.birthNs === b.birthNs
}

async function firstProven(
  handle: ReadHandle,
  entries: readonly CheckpointEntry[],
): Promise<CheckpointEntry | undefined> {
  for (const entry of entries) if (await provesResumeToken(handle, entry)) return entry
  return undefined
}

function reopen(file: OpenedFile, { sourceId, offset }: CheckpointEntry): Promise<Generation> {
  return Generation.open({ ...file, source: { ...file.source, id: sourceId }, offset })
}

function begin(file: OpenedFile, offset: number): Promise<Generation> {
  return Generation.open({ ...file, offset })
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
  const { sourceId, offset, tailHash } = generation.token
  checkpoint.note(sourceId, offset, tailHash)
  await checkpoint.acknowledge(generation.source, offset)
  return generation
}
