import type { Delivery, ResumeToken, Source } from '@logflow/core'
import type { CheckpointEntry } from './checkpoint-log.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { ReadHandle } from './file-system.ts'
import { Generation } from './generation.ts'
import { formatHorizon, hasNothingYounger, isYounger, parseHorizon, type Horizon } from './horizon.ts'
import {
  formatCutOff,
  identify,
  isCutOff,
  markedId,
  mayBeginAs,
  parseIdentity,
  provableToken,
  sizeSeen,
  lookForToken,
  type FileIdentity,
} from './identity.ts'
import type { Sibling } from './listing.ts'
import { findByToken, type GenerationBase } from './siblings.ts'

/** Files of one path that a crash left half read; older ones are given up. */
const MAX_OPEN = 16

/** What the path names now, opened. */
export interface OpenedFile extends GenerationBase {
  readonly handle: ReadHandle
  readonly source: Source
  readonly identity: FileIdentity
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
 * Where to go on with a path after a restart; `undefined` when nothing is known of it. `mark` tells the source of a file
 * that was cut meanwhile from all others of its inode.
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
  mark: string,
): Promise<Resumed | undefined> {
  const known = checkpoint.entriesOf(file.host, file.path).reverse()
  const [newest, ...older] = known
  if (!newest) return undefined
  const sizes = new Map<string, number>()
  if ('handle' in file) {
    for (const entry of known) {
      const { generation, size } = await openProven(file, entry)
      if (generation) {
        const missing = missingAfter(entry, known)
        // Thousands of files of one folder need not list it each, to find that it is as it was.
        const nothing = await hasNothingYounger(missing.horizon, file)
        return { rest: [], next: generation, notices: [], proven: true, ...(!nothing && { missing }) }
      }
      sizes.set(entry.sourceId, size)
    }
  }
  return resumeRotated(file, [newest, ...older], { checkpoint, mark, sizes })
}

interface ResumeContext {
  readonly checkpoint: Checkpoint
  readonly mark: string
  /** How much of each source was there for sure when the path was opened. */
  readonly sizes: ReadonlyMap<string, number>
}

/** The checkpoint speaks of a file that the path does not name any more. */
async function resumeRotated(
  file: OpenedFile | GenerationBase,
  known: readonly [CheckpointEntry, ...CheckpointEntry[]],
  { checkpoint, mark, sizes }: ResumeContext,
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
  const size = Math.max(sizes.get(entry.sourceId) ?? 0, sizeBeforeCut(named, truncated ? now : undefined))
  const lost = rest ? undefined : { entry, old, size, was: named, now: truncated ? now : undefined }
  if (rest) {
    const left = await Generation.open({ ...file, ...rest, source: old, offset: entry.offset, copy: truncated })
    if (truncated) left.know(size)
    generations.push(left)
  }
  const next = now && (await beginAgain(now, truncated ? mark : undefined))
  const missing = missingAfter(entry, known)
  return { rest: generations, next, notices: lost ? tellLost(lost, checkpoint) : [], missing, proven: false }
}

interface Lost {
  readonly entry: CheckpointEntry
  readonly old: Source
  /** How much of it was there for sure when the path was opened. */
  readonly size: number
  /** What the path named when it was opened. */
  readonly was: OpenedFile | undefined
  /** The same after another look, where it is the file of the entry, cut. */
  readonly now: OpenedFile | undefined
}

/** What is to be said of a file whose rest is nowhere: how much that was, if it was cut while it was looked at. */
function tellLost({ entry, old, size, was, now }: Lost, checkpoint: Checkpoint): Delivery[] {
  const { offset, path, tailHash, complete } = entry
  if (isCutOff(tailHash) || complete) return []
  const message = `what followed byte ${offset} of ${path} was not found`
  const told: Delivery[] = [{ kind: 'event', source: old, event: 'failed', detail: { message, offset } }]
  const to = now ? size : 0
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

/** What the path names, from its start: a new source, told by `mark`, when it is the file of the entry with other content. */
async function beginAgain(named: OpenedFile, mark: string | undefined): Promise<Generation> {
  if (mark === undefined) return begin(named, 0)
  const id = markedId(named.identity.id, mark)
  return begin({ ...named, source: { ...named.source, id } }, 0)
}

/**
 * The identity of a file that was cut, which may have been since it was opened: then its head was that of the old
 * content. If it was that of another one, this one is lost, or copied away, as any that is cut.
 */
async function identifyAgain(file: OpenedFile, entry: CheckpointEntry): Promise<OpenedFile> {
  return mayBeginAs(file.identity.head, entry) ? { ...file, identity: await identify(file.handle) } : file
}

/** How much was in a file for sure when it was opened, if it was cut since, as far as size and head tell. */
function sizeBeforeCut(was: OpenedFile | undefined, now: OpenedFile | undefined): number {
  if (!was || !now) return 0
  const { head, size } = was.identity
  const cut = now.identity.size < size || Buffer.compare(now.identity.head.subarray(0, head.length), head) !== 0
  return cut ? sizeSeen(was.identity) : 0
}

/** What came after what an entry speaks of: younger files, or the same one with other content. */
function missingAfter(entry: CheckpointEntry, known: readonly CheckpointEntry[]): StillMissing {
  const identity = parseIdentity(entry.sourceId)
  const horizon = parseHorizon(entry.beside, identity?.birthNs ?? 0n)
  const isNew = (file: Sibling): boolean => isYounger(file, horizon) || (!!identity && isSameFile(identity, file))
  return { horizon, isNew, tokens: known.slice(0, MAX_OPEN).map(provableToken) }
}

function isSameFile(a: Pick<Sibling, 'inodeKey' | 'birthNs'>, b: Pick<Sibling, 'inodeKey' | 'birthNs'>): boolean {
  return a.inodeKey === b.inodeKey && a.birthNs === b.birthNs
}

/** What {@link openProven} found. */
export interface Proven {
  /** The file, to be read on; `undefined` when it is another, or is cut meanwhile. */
  readonly generation: Generation | undefined
  /** How much of its content was there for sure, whatever is there now. */
  readonly size: number
}

/** The file that a token speaks of, from its offset. */
export async function openProven(file: OpenedFile, token: ResumeToken): Promise<Proven> {
  const first = await lookForToken(file.handle, token)
  if (!first.proven) return { generation: undefined, size: first.size }
  const { sourceId, offset } = token
  const generation = await begin({ ...file, source: { ...file.source, id: sourceId } }, offset)
  // What was found before the offset is a proof only if it was still the same file then.
  const second = await lookForToken(file.handle, token)
  const size = Math.max(first.size, second.size)
  generation.know(size)
  return { generation: second.proven ? generation : undefined, size }
}

function begin({ handle, source, identity, buffer, cutting }: OpenedFile, offset: number): Promise<Generation> {
  return Generation.open({ handle, source, identity, buffer, cutting, offset })
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
