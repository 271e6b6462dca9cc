import type { Clock } from '@logflow/core'
import type { FileFacts } from '../files/file-system.ts'
import { folderKeyOf, folderOf } from './home-folder.ts'
import { claimKeyOf, fromBase36 } from '../identity/identity.ts'
import { listFolder, MAX_PASSES, type Sibling } from '../names/listing.ts'
import type { Place } from '../names/place.ts'
import { mayChangeUnseen } from '../names/remembered-names.ts'

/** A folder that changed this recently may yet change in the same tick of its clock. */
const RECENT_MS = 1000n
/** By so much the times of files may be older than the clock: a tick of the kernel. */
const PACKED_MS = 10n
/** Files of one tick that are written down. */
const MAX_KEYS = 64

/**
 * What lay beside a path at one moment: files that are younger came later. The moment is the last change of the folder,
 * as the clock of its file system has it; whatever was there then was born no later. Births may tie with it, since file
 * systems stamp with the kernel's tick, so that the names of a folder which has just changed are noted too.
 */
export interface Horizon {
  /** Last change of the folder, ns since 1970; 0 when there was none. */
  readonly ns: bigint
  /** What was there, as far as births do not tell: born at that very moment, or at a time that is not told. */
  readonly seen: ReadonlySet<string>
  /** What was taken up and is still to be read, however old it is. */
  readonly awaited?: ReadonlySet<string> | undefined
  /** Whether the folder had changed so recently that it may change again in the same tick. */
  readonly recent: boolean
  /** The moment of the look. What was packed later and last written before it was there then; packing keeps that time. */
  readonly packedNs: bigint
}

/** A folder as it was at one moment. */
export interface FolderSighting {
  readonly facts: FileFacts
  readonly atMs: number
  /** It was seen a while ago: what was written there since may have come since. */
  readonly earlier?: boolean
}

const NOTHING_SEEN: ReadonlySet<string> = new Set()

/** Everything is younger. */
export const NO_HORIZON: Horizon = { ns: 0n, seen: new Set<string>(), recent: true, packedNs: 0n }

/**
 * What lies beside a path now, and in which folder; the name of that is empty when there is none. With `sighted`, what lay
 * there when that was seen.
 */
export async function lookBeside(
  place: Place,
  clock: Clock,
  sighted?: FolderSighting,
): Promise<{ readonly horizon: Horizon; readonly folder: string }> {
  let sighting = sighted ?? (await sightFolder(place, clock))
  for (let pass = 1; sighting; pass++) {
    const folder = folderKeyOf(sighting.facts)
    const { mtimeNs: ns, birthtimeNs } = sighting.facts
    const nowMs = BigInt(Math.trunc(sighting.atMs))
    const recent = nowMs - ns / 1_000_000n < RECENT_MS
    const lists = recent || birthtimeNs === 0n
    const { siblings } = lists ? await listFolder(place) : { siblings: [] }
    const packedNs = laterOf(ns, (nowMs - PACKED_MS) * 1_000_000n)
    // Another folder may have come to have the name meanwhile.
    const after: FolderSighting | undefined = lists ? await sightFolder(place, clock) : sighting
    const certainNs = sighting.earlier && after?.facts.mtimeNs !== ns ? laterOf(ns, nowMs * 1_000_000n) : undefined
    const seen = siblings.filter(sibling => isSeen(sibling, ns, certainNs)).map(claimKeyOf)
    if (pass === MAX_PASSES || (after && folderKeyOf(after.facts) === folder))
      return { horizon: { ns, seen: seen.length > 0 ? new Set(seen) : NOTHING_SEEN, recent, packedNs }, folder }
    sighting = after
  }
  return { horizon: NO_HORIZON, folder: '' }
}

async function sightFolder(place: Place, clock: Clock): Promise<FolderSighting | undefined> {
  const facts = await folderOf(place)
  return facts && { facts, atMs: clock.now() }
}

/**
 * Whether the births do not tell that a file was there when its folder was last changed at `ns`. Without them, of a folder
 * that has changed since it was seen, only what was last written before `certainNs` is sure to have been there.
 */
function isSeen({ birthNs, mtimeNs, size }: Sibling, ns: bigint, certainNs = mtimeNs): boolean {
  return size > 0 && (birthNs === 0n ? mtimeNs <= certainNs : birthNs === ns)
}

/** As text for a checkpoint: ns and the keys that were seen. What would be too long is left out, and found again. */
export function formatHorizon({ ns, seen, recent, awaited = NOTHING_SEEN, packedNs }: Horizon): string {
  // What ties is old where nothing more can come in the same tick.
  const first = recent ? ns : ns + 1n
  const keys =
    seen.size + awaited.size === 0 ? [] : [...[...seen].slice(0, MAX_KEYS), ...[...awaited].map(key => `+${key}`)]
  return `${first} ${keys.map(key => `${key} `).join('')}<${packedNs.toString(36)}`
}

/** Reads what {@link formatHorizon} wrote; of nothing, a moment at `ns`. */
export function parseHorizon(text: string | undefined, ns: bigint): Horizon {
  const [first = '', ...keys] = (text ?? '').split(' ')
  if (!/^\d{1,20}$/.test(first)) return { ns, seen: new Set<string>(), recent: true, packedNs: ns }
  const packed = keys.find(key => key.startsWith('<'))?.slice(1)
  const packedNs = packed === undefined ? BigInt(first) : fromBase36(packed)
  const awaited = keys.filter(key => key.startsWith('+')).map(key => withoutDevice(key.slice(1)))
  return {
    ns: BigInt(first),
    seen: new Set(keys.map(withoutDevice)),
    awaited: new Set(awaited),
    recent: true,
    packedNs,
  }
}

/** Whether the folder is as it was: then nothing in it is younger. */
export function isAsBefore({ recent, ns }: Horizon, place: Place): Promise<boolean> {
  return recent ? Promise.resolve(false) : folderOf(place).then(folder => folder?.mtimeNs === ns)
}

/**
 * Whether the folder is as it was when it was looked at, and had rested by then for so long that any change since has
 * given it another time.
 */
export async function isAsSearched({ ns, packedNs }: Horizon, place: Place): Promise<boolean> {
  return !mayChangeUnseen(ns, Number(packedNs / 1_000_000n)) && (await folderOf(place))?.mtimeNs === ns
}

/**
 * Whether nothing beside a path came after a moment that a checkpoint has: the folder was last changed before it. A
 * file system that tells no births may tell of files that were written since.
 */
export async function hasNothingYounger({ ns, awaited }: Horizon, place: Place): Promise<boolean> {
  if (awaited && awaited.size > 0) return false
  const folder = await folderOf(place)
  return folder !== undefined && folder.birthtimeNs !== 0n && folder.mtimeNs < ns
}

/** Whether a file came after the moment, or was awaited. */
export function isYounger(sibling: Sibling, { ns, seen, recent, awaited }: Horizon): boolean {
  if (isIn(awaited, sibling)) return true
  const { birthNs } = sibling
  // Without births: what was written later, and was not there.
  if (birthNs === 0n) return sibling.mtimeNs >= ns && !isIn(seen, sibling)
  return birthNs > ns || (birthNs === ns && recent && !isIn(seen, sibling))
}

/** All of them are of one folder; after a restart its device may have another number. */
function isIn(keys: ReadonlySet<string> | undefined, sibling: Sibling): boolean {
  if (!keys || keys.size === 0) return false
  const key = claimKeyOf(sibling)
  return keys.has(key) || keys.has(withoutDevice(key))
}

function withoutDevice(key: string): string {
  return key.slice(key.indexOf(':') + 1)
}

/** The same, but that what is packed and was last written before `ms` since 1970 is not new. */
export function packedSince(horizon: Horizon, ms: number): Horizon {
  return { ...horizon, packedNs: laterOf(horizon.packedNs, BigInt(Math.trunc(ms)) * 1_000_000n) }
}

function laterOf(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}
