import type { Horizon } from '../search/horizon.ts'
import { fromBase36 } from '../identity/identity.ts'
import type { RestingFile, RestingOpener } from './resting-file.ts'
import type { RestingGeneration } from './resting-generation.ts'
import { wordsOf } from './words.ts'

/** What files of one folder mostly have in common: of the looks at it all but their moments. */
interface RestingCommon extends Pick<RestingOpener, 'first' | 'from' | 'home'> {
  readonly looks: readonly (Omit<Horizon, 'packedNs'> | null)[]
}

/** All else, but for what a restart has still to find, which is no text. */
interface RestingSelf
  extends Omit<RestingFile, 'glance' | 'opener'>, Pick<RestingOpener, 'firstKey' | 'released' | 'opened'> {
  /** When the looks were, in base 36: once, when they were all the same. */
  readonly moments: string
}

/** A file at rest as texts: what others have in common with it, and the rest. */
export interface RestingTexts {
  readonly common: string
  readonly self: string
  /** No text: it may change while the file is at rest. */
  readonly announced: boolean
}

/** What a file has in common with others. */
export function packCommon({ first, from, home, horizon, seen, searched }: RestingOpener): string {
  const looks = [horizon, seen, searched].map(look => (look ? withoutMoment(look) : null))
  const common: RestingCommon = { first, from, home, looks }
  return JSON.stringify(common, toJson)
}

/** All but its glance, and what a restart has still to find beside it. `common` is what {@link packCommon} gave of its opener. */
export function packResting(
  { opener, owner, generation, mtimeNs }: Omit<RestingFile, 'glance'>,
  common: string,
): RestingTexts {
  const { firstKey, released, opened } = opener
  const horizons = [opener.horizon, opener.seen, opener.searched]
  const moments = horizons.map(horizon => horizon?.packedNs.toString(36) ?? '')
  const alike = new Set(moments.filter(moment => moment !== '')).size === 1
  const own = { owner, generation, mtimeNs, firstKey, released, opened }
  return {
    common,
    self: packSelf({ ...own, moments: alike ? (moments[1] as string) : moments.join(',') }),
    announced: generation.announced,
  }
}

/** Reads what {@link packResting} wrote. */
export function unpackResting(texts: RestingTexts, missing: RestingOpener['missing']): Omit<RestingFile, 'glance'> {
  const { owner, generation, mtimeNs, moments, ...files } = unpackSelf(texts)
  const { looks, ...common } = JSON.parse(texts.common, fromJson) as RestingCommon
  const all = moments.split(',')
  const [horizon, seen, searched] = looks.map((look, i) =>
    look ? { ...look, packedNs: fromBase36(all[i] ?? (all[0] as string)) } : undefined,
  )
  const opener = { ...common, horizon, seen: seen as Horizon, searched, ...files, missing }
  return { owner, generation, mtimeNs, opener }
}

function withoutMoment({ ns, seen, recent, awaited }: Horizon): Omit<Horizon, 'packedNs'> {
  return { ns, seen, recent, awaited }
}

/**
 * Words in a fixed order, empty where they are the same as something else in it; then the start of the head, whose length
 * is the last word, and as JSON what few have. Not all of it as JSON: that takes a while, and kilobytes, of each of
 * thousands that are laid to rest at once.
 */
function packSelf({ owner, mtimeNs, generation, firstKey, moments, ...files }: RestingSelf): string {
  const { sourceId, startOffset, claimKey, offset, seenSize, knownSize, head, held, headStart } = generation
  const mtime = mtimeNs.toString(36)
  const bornMtime = generation.mtimeNs === mtimeNs ? '' : generation.mtimeNs.toString(36)
  const isPlain = !head && !held && Object.values(files).every(value => value === undefined)
  const odd = { head, held: held && Buffer.from(held).toString('latin1'), ...files }
  return [
    sourceId,
    startOffset,
    otherThan(offset, startOffset),
    otherThan(seenSize, offset),
    otherThan(knownSize, offset),
    owner,
    mtime,
    bornMtime,
    isClaimOf(sourceId, claimKey) ? '' : claimKey,
    firstKey === undefined ? NO_KEY : otherThan(firstKey, claimKey),
    generation.tailHash,
    generation.line,
    generation.hole ? HOLE : '',
    moments,
    headStart.length,
    `${headStart}${isPlain ? '' : JSON.stringify(odd, toJson)}`,
  ].join(' ')
}

function unpackSelf({ self, announced }: Omit<RestingTexts, 'common'>): RestingSelf {
  const { words, rest } = wordsOf(self, WORDS)
  const [sourceId, start, at, seen, known, owner, mtime, bornMtime, claim, first, tailHash, line, hole] = words
  const [moments, headLength] = words.slice(13)
  const claimKey = claim || claimKeyIn(sourceId as string)
  const offset = Number(at || start)
  const headStart = rest.slice(0, Number(headLength))
  const odd = rest.length > headStart.length ? (JSON.parse(rest.slice(headStart.length), fromJson) as Odd) : {}
  const { head, held, ...files } = odd
  const generation: RestingGeneration = {
    sourceId: sourceId as string,
    claimKey,
    mtimeNs: fromBase36((bornMtime || mtime) as string),
    startOffset: Number(start),
    announced,
    offset,
    tailHash: tailHash as string,
    head,
    headStart,
    line: Number(line),
    held: held === undefined ? undefined : new Uint8Array(Buffer.from(held, 'latin1')),
    seenSize: Number(seen || offset),
    knownSize: Number(known || offset),
    hole: hole === HOLE,
  }
  const firstKey = first === NO_KEY ? undefined : first || claimKey
  const own = { owner: Number(owner), mtimeNs: fromBase36(mtime as string), moments: moments as string }
  return { ...own, generation, firstKey, ...NOTHING_ODD, ...files }
}

/** As which source it is read, and from where. */
export function unpackSource(text: string): Pick<RestingGeneration, 'sourceId' | 'startOffset'> {
  const { words } = wordsOf(text, 2)
  return { sourceId: words[0] as string, startOffset: Number(words[1]) }
}

/** Of {@link packSelf}, before the start of the head. */
const WORDS = 15
/** In the place of a key that is not known. */
const NO_KEY = '-'
const HOLE = 'hole'

/** What few files at rest have. */
type Odd = Partial<Pick<RestingGeneration, 'head'> & Pick<RestingOpener, 'released' | 'opened'>> & {
  readonly held?: string
}

const NOTHING_ODD = { released: undefined, opened: undefined }

function otherThan<T>(value: T, other: T): T | '' {
  return value === other ? '' : value
}

/** Whether a key is that of the file that a source id names. */
function isClaimOf(sourceId: string, claimKey: string): boolean {
  return sourceId.startsWith(`f1:${claimKey.replace('@', ':')}:`)
}

/** The claim key of the file that a source id names. */
function claimKeyIn(sourceId: string): string {
  const [, device, inode, birth] = sourceId.split(':')
  return `${device}:${inode}@${birth}`
}

/** What JSON does not know is an object with one key. */
function toJson(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return { $n: value.toString(36) }
  if (value instanceof Set) return { $s: [...(value as Set<unknown>)] }
  return value
}

function fromJson(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if ('$n' in value) return fromBase36(value.$n as string)
  if ('$s' in value) return new Set(value.$s as unknown[])
  return value
}
