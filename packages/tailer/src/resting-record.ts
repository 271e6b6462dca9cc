import type { Horizon } from './horizon.ts'
import { fromBase36 } from './identity.ts'
import type { RestingFile, RestingOpener } from './resting-file.ts'
import type { RestingGeneration } from './resting-generation.ts'

/** What files of one folder mostly have in common: of the looks at it all but their moments. */
interface RestingCommon extends Pick<RestingOpener, 'first' | 'from'> {
  readonly looks: readonly (Omit<Horizon, 'packedNs'> | null)[]
}

/** All else, but for what a restart has still to find, which is no text. */
interface RestingSelf
  extends Omit<RestingFile, 'glance' | 'opener'>, Pick<RestingOpener, 'firstKey' | 'released' | 'opened' | 'parts'> {
  /** When the looks were, in base 36: once, when they were all the same. */
  readonly moments: string
}

/** A file at rest as texts: what others have in common with it, and the rest. */
export interface RestingTexts {
  readonly common: string
  readonly self: string
}

/** All but its glance, and what a restart has still to find beside it. */
export function packResting({ opener, owner, generation, mtimeNs }: Omit<RestingFile, 'glance'>): RestingTexts {
  const { first, from, firstKey, released, opened, parts } = opener
  const horizons = [opener.horizon, opener.seen, opener.searched]
  const moments = horizons.map(horizon => horizon?.packedNs.toString(36) ?? '')
  const alike = new Set(moments.filter(moment => moment !== '')).size === 1
  const common: RestingCommon = {
    first,
    from,
    looks: horizons.map(horizon => (horizon ? withoutMoment(horizon) : null)),
  }
  const own = { owner, generation, mtimeNs, firstKey, released, opened, parts }
  return {
    common: JSON.stringify(common, toJson),
    self: packSelf({ ...own, moments: alike ? (moments[1] as string) : moments.join(' ') }),
  }
}

/** Reads what {@link packResting} wrote. */
export function unpackResting(texts: RestingTexts, missing: RestingOpener['missing']): Omit<RestingFile, 'glance'> {
  const { owner, generation, mtimeNs, moments, ...files } = unpackSelf(texts.self)
  const { looks, ...common } = JSON.parse(texts.common, fromJson) as RestingCommon
  const all = moments.split(' ')
  const [horizon, seen, searched] = looks.map((look, i) =>
    look ? { ...look, packedNs: fromBase36(all[i] ?? (all[0] as string)) } : undefined,
  )
  const opener = { ...common, horizon, seen: seen as Horizon, searched, ...files, missing }
  return { owner, generation, mtimeNs, opener }
}

function withoutMoment({ ns, seen, recent, awaited }: Horizon): Omit<Horizon, 'packedNs'> {
  return { ns, seen, recent, awaited }
}

/** Without names, and without what is the same as something else in it. */
function packSelf({ owner, mtimeNs, generation, firstKey, moments, ...files }: RestingSelf): string {
  const { sourceId, claimKey, offset, held, announced, hole } = generation
  const same = <T>(value: T, other: T): T | null => (value === other ? null : value)
  const values = [
    sourceId,
    same(generation.startOffset, offset),
    owner,
    mtimeNs.toString(36),
    same(generation.mtimeNs.toString(36), mtimeNs.toString(36)),
    same(claimKey, claimKeyIn(sourceId)),
    same(firstKey, claimKey) ?? (firstKey === undefined ? 0 : null),
    offset,
    same(generation.seenSize, offset),
    same(generation.knownSize, offset),
    generation.tailHash,
    generation.head ?? null,
    generation.headStart,
    generation.line,
    held ? Buffer.from(held).toString('latin1') : null,
    (announced ? 1 : 0) + (hole ? 2 : 0),
    moments,
    Object.values(files).some(value => value !== undefined) ? files : null,
  ]
  return JSON.stringify(values, toJson)
}

function unpackSelf(text: string): RestingSelf {
  const values = JSON.parse(text) as unknown[]
  const [sourceId, startOffset, owner, mtime, bornMtime, otherKey, otherFirst, offset] = values as [
    string,
    ...unknown[],
  ]
  const [seenSize, knownSize, tailHash, head, headStart, line, held, flags, moments, packedFiles] = values.slice(8)
  const claimKey = (otherKey as string | null) ?? claimKeyIn(sourceId)
  const generation = {
    sourceId,
    claimKey,
    mtimeNs: fromBase36((bornMtime ?? mtime) as string),
    startOffset: startOffset ?? offset,
    announced: ((flags as number) & 1) > 0,
    offset,
    tailHash,
    head: head ?? undefined,
    headStart,
    line,
    held: held === null ? undefined : new Uint8Array(Buffer.from(held as string, 'latin1')),
    seenSize: seenSize ?? offset,
    knownSize: knownSize ?? offset,
    hole: ((flags as number) & 2) > 0,
  } as RestingGeneration
  const firstKey = otherFirst === 0 ? undefined : ((otherFirst as string | null) ?? claimKey)
  const none = { released: undefined, opened: undefined, parts: undefined }
  // Few have any: to revive all values would be most of the work.
  const files = packedFiles === null ? none : { ...none, ...(revive(packedFiles) as object) }
  const own = { owner: owner as number, mtimeNs: fromBase36(mtime as string), moments: moments as string }
  return { ...own, generation, firstKey, ...files }
}

/** As which source it is read, and from where. */
export function unpackSource(text: string): Pick<RestingGeneration, 'sourceId' | 'startOffset'> {
  const [sourceId, startOffset, , , , , , offset] = JSON.parse(text) as [string, ...unknown[]]
  return { sourceId, startOffset: (startOffset ?? offset) as number }
}

function revive(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), fromJson)
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
  if (value instanceof Map) return { $m: [...(value as Map<unknown, unknown>)] }
  return value
}

function fromJson(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if ('$n' in value) return fromBase36(value.$n as string)
  if ('$s' in value) return new Set(value.$s as unknown[])
  if ('$m' in value) return new Map(value.$m as [unknown, unknown][])
  return value
}
