import type { Clock, JsonObject, Source, SourceEvent } from '@logflow/core'
import { failedEvent } from '../events.ts'
import { claimKeyOf, type FileIdentity } from '../identity/identity.ts'
import type { OpenedCopy } from '../identity/copies.ts'
import type { Sibling } from '../names/listing.ts'

/** What cannot be unpacked is taken for one that is being written, until it has not changed for so long. */
const WRITING_MS = 10_000
/** Enough for every sibling that is being packed at one time. */
const MAX_UNFINISHED = 1000

/** What tells whether something was written to a file since. */
type PackedFacts = Omit<Sibling, 'path'>

/** Packed files beside one path that cannot be unpacked: not yet, as they are being written, or for good. Few paths have any. */
export class PackedSiblings {
  readonly #clock: Clock
  readonly #of: Omit<Source, 'id'>
  /** Since when each is as it is. */
  #unfinished: Map<string, number> | undefined
  /** How each of those begins that is to be asked about again. */
  #heads: Map<string, Uint8Array> | undefined
  readonly #isReadBeside: (opened: OpenedCopy) => Promise<boolean>
  /** Those that are read under another path. */
  #others: Set<string> | undefined
  #notices: SourceEvent[] = []

  /** `isReadBeside` is whether what is packed is what another path reads. */
  constructor(
    clock: Clock,
    { host, path }: Omit<Source, 'id'>,
    isReadBeside: (opened: OpenedCopy) => Promise<boolean>,
  ) {
    this.#clock = clock
    this.#of = { host, path }
    this.#isReadBeside = isReadBeside
  }

  /** Whether it was found to be what another path reads. */
  isOthers(packed: PackedFacts): boolean {
    return this.#others?.has(keyOf(packed)) === true
  }

  /** Whether what is packed in a file is what another path reads, under the name that it had before it was packed. */
  async askOthers(packed: PackedFacts, opened: OpenedCopy): Promise<boolean> {
    if (!(await this.#isReadBeside(opened))) return false
    const others = (this.#others ??= new Set<string>())
    others.add(keyOf(packed))
    if (others.size > MAX_UNFINISHED) others.delete(others.values().next().value as string)
    return true
  }

  /** Whether one that could not be unpacked is still as it was then, so that it need not be opened again. */
  isUnchanged(packed: PackedFacts): boolean {
    return this.#unfinished?.has(keyOf(packed)) === true
  }

  /** It cannot be unpacked. Whether it may be being written. */
  await(packed: PackedFacts): boolean {
    const key = keyOf(packed)
    const nowMs = this.#clock.monotonicMs()
    const unfinished = (this.#unfinished ??= new Map<string, number>())
    const sinceMs = unfinished.get(key) ?? nowMs
    unfinished.set(key, sinceMs)
    if (unfinished.size > MAX_UNFINISHED) unfinished.delete(unfinished.keys().next().value as string)
    return nowMs - sinceMs < WRITING_MS
  }

  /** How what is packed in a file begins, if that was noted and nothing was written to it since. */
  headOf(packed: PackedFacts): Uint8Array | undefined {
    return this.#heads?.get(keyOf(packed))
  }

  /** Notes how what is packed in a file begins, which need not be opened for that again. */
  noteHead(packed: PackedFacts, head: Uint8Array): void {
    const heads = (this.#heads ??= new Map<string, Uint8Array>())
    heads.set(keyOf(packed), head)
    if (heads.size > MAX_UNFINISHED) heads.delete(heads.keys().next().value as string)
  }

  /** Nobody has had what is in it, and nobody can. */
  giveUp({ path }: Pick<Sibling, 'path'>, { id, size }: FileIdentity): void {
    const message = `what is packed in ${path} cannot be read`
    const detail: JsonObject = { code: 'LF_TAILER_PACKED', message, packedBytes: size }
    this.#notices.push(failedEvent({ ...this.#of, id }, detail))
  }

  /** What is to be told, once. */
  takeNotices(): readonly SourceEvent[] {
    const notices = this.#notices
    if (notices.length > 0) this.#notices = []
    return notices
  }
}

function keyOf(file: PackedFacts): string {
  return `${claimKeyOf(file)} ${file.mtimeNs} ${file.size}`
}
