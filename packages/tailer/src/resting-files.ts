import type { Horizon } from './horizon.ts'
import { fromBase36 } from './identity.ts'
import { PackedTexts } from './packed-texts.ts'
import type { RestingFile, RestingOpener } from './resting-file.ts'
import type { RestingGeneration } from './resting-generation.ts'

/** The records of files at rest, each packed into a text: what a glance at its path gave, then the rest of it. */
export class RestingFiles {
  readonly #packed = new PackedTexts()
  /** Few, of which not all can be packed: what a restart has still to find beside them. */
  readonly #whole = new Map<string, RestingFile>()

  get size(): number {
    return this.#packed.size
  }

  /** Paths, in the order in which they came to rest; they may come and go meanwhile. */
  paths(): IterableIterator<string> {
    return this.#packed.keys()
  }

  has(path: string): boolean {
    return this.#packed.has(path)
  }

  get(path: string): RestingFile | undefined {
    const whole = this.#whole.get(path)
    const text = whole ? undefined : this.#packed.get(path)
    return text === undefined ? whole : unpack(text)
  }

  /** As which source it is read, and from where: what is told of each of thousands at once. */
  sourceOf(path: string): Pick<RestingGeneration, 'sourceId' | 'startOffset'> | undefined {
    const whole = this.#whole.get(path)
    const text = whole ? undefined : this.#packed.get(path)
    return text === undefined ? whole?.generation : unpackSource(text)
  }

  /** Whether a glance at the path gives something else now. */
  sees(path: string, glance: string): boolean {
    return this.#packed.beginsWith(path, `${glance}\n`)
  }

  set(path: string, resting: RestingFile): void {
    if (resting.opener.missing) this.#whole.set(path, resting)
    this.#packed.set(path, this.#whole.has(path) ? `${resting.glance}\n` : pack(resting))
  }

  delete(path: string): void {
    this.#packed.delete(path)
    this.#whole.delete(path)
  }
}

/** Every key of a `T`, in the order in which values are packed: names would take as much as all else. */
type Keys<T> = Readonly<Record<keyof T, 0>>

const FILE = keysOf<Omit<RestingFile, 'glance'>>({ owner: 0, mtimeNs: 0, generation: 0, opener: 0 })
const GENERATION = keysOf<RestingGeneration>({
  ...{ sourceId: 0, claimKey: 0, mtimeNs: 0, startOffset: 0, announced: 0, offset: 0, tailHash: 0 },
  ...{ head: 0, headStart: 0, line: 0, held: 0, seenSize: 0, knownSize: 0, hole: 0 },
})
const SOURCE = ['sourceId', 'startOffset'] as const
const OPENER = keysOf<Omit<RestingOpener, 'missing'>>({
  ...{ first: 0, from: 0, resumed: 0, horizon: 0, seen: 0, searched: 0, firstKey: 0, released: 0, opened: 0, parts: 0 },
})
const HORIZON = keysOf<Horizon>({ ns: 0, seen: 0, recent: 0, awaited: 0, packedNs: 0 })

function keysOf<T>(keys: Keys<T>): readonly (keyof T)[] {
  return Object.keys(keys) as (keyof T)[]
}

function pack({ glance, ...file }: RestingFile): string {
  const { horizon, seen, searched } = file.opener
  const horizons = [horizon, seen, searched].map(one => one && valuesOf(one, HORIZON))
  const [opener, generation] = [valuesOf(file.opener, OPENER), valuesOf(file.generation, GENERATION)]
  opener.splice(OPENER.indexOf('horizon'), 3, ...horizons)
  return `${glance}\n${JSON.stringify([file.owner, file.mtimeNs, generation, opener], toJson)}`
}

function unpack(text: string): RestingFile {
  const end = text.indexOf('\n')
  const values = JSON.parse(text.slice(end + 1), fromJson) as unknown[]
  const file = fromValues<Record<'generation' | 'opener', unknown[]>>(values, FILE)
  const opener = fromValues<Record<string, unknown>>(file.opener, OPENER)
  for (const key of ['horizon', 'seen', 'searched']) {
    if (opener[key]) opener[key] = fromValues(opener[key] as unknown[], HORIZON)
  }
  const generation = fromValues(file.generation, GENERATION)
  return { ...file, opener, generation, glance: text.slice(0, end) } as unknown as RestingFile
}

/** Names and numbers alone need no revival, which is most of the work. */
function unpackSource(text: string): Pick<RestingGeneration, 'sourceId' | 'startOffset'> {
  const values = JSON.parse(text.slice(text.indexOf('\n') + 1)) as unknown[]
  const generation = values[FILE.indexOf('generation')] as readonly unknown[]
  const [sourceId, startOffset] = SOURCE.map(key => generation[GENERATION.indexOf(key)])
  return { sourceId: sourceId as string, startOffset: startOffset as number }
}

function valuesOf<T extends object>(of: T, keys: readonly (keyof T)[]): unknown[] {
  return keys.map(key => of[key])
}

function fromValues<T>(values: readonly unknown[], keys: readonly string[]): T {
  return Object.fromEntries(keys.map((key, i) => [key, values[i] ?? undefined])) as T
}

/** What JSON does not know is an object with one key. */
function toJson(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return { $n: value.toString(36) }
  if (value instanceof Uint8Array) return { $b: Buffer.from(value).toString('latin1') }
  if (value instanceof Set) return { $s: [...(value as Set<unknown>)] }
  if (value instanceof Map) return { $m: [...(value as Map<unknown, unknown>)] }
  return value
}

function fromJson(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if ('$n' in value) return fromBase36(value.$n as string)
  if ('$b' in value) return new Uint8Array(Buffer.from(value.$b as string, 'latin1'))
  if ('$s' in value) return new Set(value.$s as unknown[])
  if ('$m' in value) return new Map(value.$m as [unknown, unknown][])
  return value
}
