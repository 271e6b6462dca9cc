import type { Delivery, ResumeToken, Source } from '@logflow/core'
import type { CheckpointEntry } from './checkpoint-log.ts'
import type { Checkpoint } from './checkpoint.ts'
import { failedEvent } from '../events.ts'
import type { ReadHandle } from '../files/file-system.ts'
import { Generation } from '../generation/generation.ts'
import { formatHorizon, hasNothingYounger, isYounger, parseHorizon, type Horizon } from '../search/horizon.ts'
import {
  claimKeyOf,
  identify,
  isCutOff,
  isSameFile,
  maySpeakOf,
  parseIdentity,
  provableToken,
  tailOfToken,
  type FileIdentity,
} from '../identity/identity.ts'
import type { Sibling } from '../names/listing.ts'
import { unfinished, type Left, type LeftSearch } from './left-files.ts'
import type { GenerationBase } from '../generation/generation-base.ts'

/** Of so many files of one path, those of the last acknowledgements, copies are told from other files. */
const MAX_KNOWN = 16

/** What the path names now, opened. */
export interface OpenedFile extends GenerationBase {
  readonly handle: ReadHandle
  readonly source: Source
  readonly identity: FileIdentity
}

/** A file that an earlier run read, or a copy of one, from where that was read to. */
export interface Proven {
  readonly entry: CheckpointEntry
  readonly generation: Generation
}

/** Field by field: what is spread costs kilobytes each time, which thousands of files notice. */
export function openedFileOf(
  base: GenerationBase,
  { handle, source, identity }: Pick<OpenedFile, 'handle' | 'source' | 'identity'>,
): OpenedFile {
  const { path, host, names, fileSystem, home, buffer, cutting, opened, parts, packed } = base
  const { claim, isTaken, release, undecided, reopen } = base
  const known = { path, host, names, fileSystem, home, buffer, cutting, opened, parts, packed }
  return Object.assign(known, { claim, isTaken, release, undecided, reopen, handle, source, identity })
}

/** What is to be read, and what has to be told before. */
export interface Resumed {
  /** What was left of the files that had the path, in order; generations that were missed come after them. */
  readonly rest: readonly Generation[]
  /** What has the path now, to be read last. */
  readonly next: Generation | undefined
  readonly notices: readonly Delivery[]
  /** The path still names the file of the checkpoint. */
  readonly proven: boolean
  /** What is still to be found, when it was not the file of the checkpoint that was there. */
  readonly missing?: StillMissing
}

/** Files that may yet appear, or be written, beside a path whose file had been rotated away while nobody followed it. */
export interface StillMissing {
  /** What lay beside the path when the newest of them was opened. */
  readonly horizon: Horizon
  /** Whether a file came after those that the checkpoint knows. */
  readonly isNew: (sibling: Sibling) => boolean
  /** What the checkpoint knows: copies of that hold nothing new. */
  readonly tokens: readonly ResumeToken[]
}

/**
 * Where to go on with a path after a restart; `undefined` when nothing is known of it, `moving` while names move, as long
 * as the `search` has patience, among which what was left may be. `named` is the file that has the path, where an earlier
 * run has read it.
 *
 * | the path names | then |
 * | --- | --- |
 * | the file of the checkpoint, same head and tail | what is left of those that were rotated away; from its offset, under its old id |
 * | another file | the rest of the old one, found by inode or content beside it; then generations born between; then this one, from 0 if nobody knows it |
 * | the same inode, other content | truncated meanwhile: the rest from a copy if there is one; then this one from 0 |
 * | nothing | the rest of the old one, if it is there |
 *  */
export async function resumeGenerations(
  checkpoint: Checkpoint,
  file: OpenedFile | GenerationBase,
  search: LeftSearch,
  named?: Proven,
): Promise<Resumed | 'moving' | undefined> {
  const known = checkpoint.entriesOf(file.host, file.path).reverse()
  const [newest, ...older] = known
  if (!newest) return named && { rest: [], next: named.generation, notices: [], proven: false }
  const own = named && known.find(({ sourceId }) => sourceId === named.entry.sourceId)
  if (!own) return resumeRotated(file, [newest, ...older], search, named?.generation)
  const left = await search.find(unfinished(known, own), file)
  if (left === 'moving') return 'moving'
  const rest = await openLeft(left, file)
  const missing = missingAfter(own, known)
  // Thousands of files of one folder need not list it each, to find that it is as it was.
  const nothing = await hasNothingYounger(missing.horizon, file)
  return { rest, next: named?.generation, notices: [], proven: true, ...(!nothing && { missing }) }
}

/** The checkpoint speaks of a file that the path does not name any more. */
async function resumeRotated(
  file: OpenedFile | GenerationBase,
  known: readonly [CheckpointEntry, ...CheckpointEntry[]],
  search: LeftSearch,
  read: Generation | undefined,
): Promise<Resumed | 'moving'> {
  const [newest] = known
  const entry = known.find(({ complete, tailHash }) => !complete && !isCutOff(tailHash)) ?? newest
  const left = await search.find([...unfinished(known, entry), entry], file)
  if (left === 'moving') return 'moving'
  const named = 'handle' in file ? file : undefined
  const truncated = named !== undefined && isOf(entry, named.identity)
  const rest = await openLeft(left, file, truncated ? entry : undefined)
  const next = read ?? (named && (await (truncated ? beginCut(named, entry) : begin(named, 0))))
  const isThere = left.at(-1)?.entry === entry || (!truncated && (await search.isElsewhere(entry, file)))
  const notices = isThere ? [] : tellLost(entry, named && (truncated ? 'truncated' : 'rotated'))
  return { rest, next, notices, missing: missingAfter(entry, known), proven: false }
}

/** Whether a file is the one of an entry, whatever it holds. */
function isOf({ sourceId }: CheckpointEntry, file: Pick<FileIdentity, 'inodeKey' | 'birthNs'>): boolean {
  const identity = parseIdentity(sourceId)
  return identity !== undefined && isSameFile(identity, file)
}

/** What a file holds that was cut, from its start. */
async function beginCut(named: OpenedFile, entry: CheckpointEntry): Promise<Generation> {
  const now = await identifyAgain(named, entry)
  return begin({ ...now, source: now.names.another(now.identity) }, 0)
}

/** What is to be said of a file whose rest is nowhere, and of what became of its path. Nobody knows how much it is. */
function tellLost(entry: CheckpointEntry, event: 'truncated' | 'rotated' | undefined): Delivery[] {
  const { offset, path, tailHash, complete } = entry
  if (isCutOff(tailHash) || complete) return []
  const source = sourceOf(entry)
  const message = `what followed byte ${offset} of ${path} was not found`
  const told: Delivery[] = [failedEvent(source, { message, offset })]
  if (event) told.push({ kind: 'event', source, event, detail: { offset } })
  return told
}

/** Opens them, oldest first; of the file that was `cut` it is a copy. */
async function openLeft(
  left: readonly Left[],
  base: GenerationBase,
  cut?: CheckpointEntry,
): Promise<readonly Generation[]> {
  const rest: Generation[] = []
  for (const { entry, found } of left) {
    const source = sourceOf(entry)
    rest.push(await Generation.open({ ...base, ...found, source, offset: entry.offset, copy: entry === cut }))
  }
  return rest
}

function sourceOf({ host, path, sourceId }: CheckpointEntry): Source {
  return { host, path, id: sourceId }
}

/**
 * The identity of a file that was cut. It may have been since it was opened, where what was seen of it then was that of
 * the entry; else what was seen is this content's, and is not asked for again.
 */
async function identifyAgain(file: OpenedFile, entry: CheckpointEntry): Promise<OpenedFile> {
  return maySpeakOf(file.identity, entry) ? { ...file, identity: await identify(file.handle) } : file
}

/** What came after what an entry speaks of: younger files, or the same one with other content. */
function missingAfter(entry: CheckpointEntry, known: readonly CheckpointEntry[]): StillMissing {
  const identity = parseIdentity(entry.sourceId)
  const beside = parseHorizon(entry.beside, identity?.birthNs ?? 0n)
  // Until it was searched for, whoever comes after another crash has to look for it too.
  const own = identity ? [claimKeyOf(identity)] : []
  const horizon = { ...beside, awaited: new Set([...(beside.awaited ?? []), ...own]) }
  const isNew = (file: Sibling): boolean => isYounger(file, horizon) || (!!identity && isSameFile(identity, file))
  return { horizon, isNew, tokens: known.slice(0, MAX_KNOWN).map(provableToken) }
}

/**
 * The file that a token speaks of, from its offset; `undefined` when it is another. Whether it was cut since it was
 * opened is seen by the first read, as with any other.
 */
export async function openProven(file: OpenedFile, token: ResumeToken): Promise<Generation | undefined> {
  const tail = await tailOfToken(file, token)
  return tail && begin({ ...file, source: { ...file.source, id: token.sourceId } }, token.offset, tail)
}

function begin(
  { handle, reopen, source, identity, buffer, cutting }: OpenedFile,
  offset: number,
  tail?: Uint8Array,
): Promise<Generation> {
  // Not spread: that would cost a kilobyte each time.
  return Generation.open({ handle, reopen, source, identity, buffer, cutting, offset, tail })
}

/**
 * A file nobody knows. A place to begin at is remembered at once, and what was `seen` beside it: what comes while we are
 * away is not to be missed.
 */
export async function beginNew(
  checkpoint: Checkpoint | undefined,
  file: OpenedFile,
  { from, seen }: { readonly from: 'start' | 'end' | number; readonly seen: Horizon },
): Promise<Generation> {
  const { size } = file.identity
  const start = from === 'start' ? 0 : Math.min(size, from === 'end' ? size : from)
  const generation = await begin(file, start)
  if (!checkpoint || from === 'start') return generation
  checkpoint.describe(generation.source.id, formatHorizon(seen))
  checkpoint.begin(generation.source, generation.token)
  return generation
}
