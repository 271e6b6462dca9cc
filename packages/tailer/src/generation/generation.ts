import type { Delivery, Gap, LineBatch, ResumeToken, Source } from '@logflow/core'
import { DrowsyHandle } from '../files/drowsy-handle.ts'
import { FileReader, type ReadBuffer, type ReadResult, type Sighting } from '../files/file-reader.ts'
import {
  claimKeyOf,
  formatTailHash,
  HEAD_BYTES,
  parseClaimKey,
  readAt,
  sizeSeen,
  TAIL_BYTES,
  type FileIdentity,
} from '../identity/identity.ts'
import {
  beginAlike,
  beginsWith,
  grownHead,
  headOfId,
  isHeadOfId,
  proofOfHead,
  startOf,
} from '../identity/known-head.ts'
import type { KnownHead } from '../identity/known-head.ts'
import { LineCutter, type FreshBytes } from '../lines/line-cutter.ts'
import type { GenerationInit } from './generation-init.ts'
import { LeadingHole } from './leading-hole.ts'
import type { RestingGeneration } from '../resting/resting-generation.ts'

/** Bytes of an open last line that prove the place before it. */
const OPEN_LINE_BYTES = 64

/** What one step through a generation gave. */
export type GenerationStep =
  | { readonly kind: 'bytes'; readonly items: readonly Delivery[] }
  | { readonly kind: 'end' }
  | { readonly kind: 'changed' }

/**
 * One generation of one file, from its opening until it has been read for the last time: the handle, how far it was
 * read, and what is held back of an open last line. Owns the handle.
 */
export class Generation {
  readonly source: Source
  readonly startOffset: number
  #identity: FileIdentity
  /** Whether `opened` was delivered. */
  announced = false
  #stirred = false
  /** What was found in its place: it is over, and this is what the next one begins with. */
  successor: Sighting | undefined
  #perhapsCopied = false
  /** Read from a copy that was made before the file was truncated: it ends with that. */
  readonly copy: boolean
  #seenSize: number
  #knownSize = 0
  readonly handle: DrowsyHandle
  #head: KnownHead
  readonly #reader: FileReader
  readonly #buffer: ReadBuffer
  readonly #mayGrow: boolean
  readonly #cutter: LineCutter
  readonly #hole: LeadingHole

  private constructor(init: GenerationInit, handle: DrowsyHandle, reader: FileReader) {
    this.source = init.source
    this.startOffset = init.offset
    this.#identity = init.identity
    this.#head = init.identity.head
    this.#seenSize = sizeSeen(init.identity)
    this.#knownSize = Math.max(init.offset, this.#seenSize)
    this.handle = handle
    this.#reader = reader
    this.#buffer = init.buffer
    this.#cutter = new LineCutter({ source: init.source, offset: init.offset, ...init.cutting })
    this.#hole = new LeadingHole(init.source, this.#cutter, init.mayHaveHole ?? false)
    this.copy = init.copy ?? false
    this.#mayGrow = init.mayGrow ?? false
  }

  /** Takes the handle over; closes it when this fails. */
  static async open(init: GenerationInit): Promise<Generation> {
    const { handle: given, identity, reopen } = init
    const handle = given instanceof DrowsyHandle ? given : new DrowsyHandle(given, identity, reopen)
    try {
      const reader = new FileReader(handle, init.buffer, init.mayGrow)
      await reader.seek(init.offset, init.identity.head, init.tail)
      return new Generation(init, handle, reader)
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  /** As it was when it gave {@link Generation.rest}; the handle is asleep. */
  static restore(init: Omit<GenerationInit, 'handle' | 'identity' | 'offset'>, resting: RestingGeneration): Generation {
    const { sourceId, claimKey, mtimeNs, startOffset, offset, tailHash, line, held } = resting
    const head = new Uint8Array(0)
    const identity = { ...parseClaimKey(claimKey), id: sourceId, mtimeNs, head, size: resting.seenSize }
    const handle = new DrowsyHandle(undefined, identity, init.reopen)
    const reader = new FileReader(handle, init.buffer)
    reader.goOn(offset, tailHash)
    const restored = { ...init, handle, identity, offset: startOffset, mayHaveHole: resting.hole }
    const generation = new Generation(restored, handle, reader)
    generation.announced = resting.announced
    generation.#head = resting.head ?? headOfId(sourceId, resting.headStart) ?? head
    generation.#seenSize = resting.seenSize
    generation.#knownSize = resting.knownSize
    generation.#cutter.goOn(offset, line, held)
    return generation
  }

  /** What is to be kept of it while nothing happens to its file; `undefined` while it is not asleep, or is not read. */
  rest(): RestingGeneration | undefined {
    if (!this.#sleeps || this.gone || this.copy || this.#perhapsCopied || !this.isRead) return undefined
    if (this.#mayGrow || this.successor || this.#reader.looksAhead || (this.#hole.mayBe && this.offset > 0))
      return undefined
    return {
      sourceId: this.source.id,
      claimKey: claimKeyOf(this.identity),
      mtimeNs: this.identity.mtimeNs,
      startOffset: this.startOffset,
      announced: this.announced,
      offset: this.offset,
      tailHash: this.#reader.tailHash,
      head: isHeadOfId(this.#head, this.source.id) ? undefined : proofOfHead(this.#head),
      headStart: startOf(this.#head),
      line: this.#cutter.nextLine,
      held: this.#cutter.held,
      seenSize: this.#seenSize,
      knownSize: this.#knownSize,
      hole: this.#hole.mayBe,
    }
  }

  /** What it was when it was first seen, and the device that its file has now. */
  get identity(): FileIdentity {
    const { inodeKey } = this.handle
    if (inodeKey !== this.#identity.inodeKey) this.#identity = { ...this.#identity, inodeKey }
    return this.#identity
  }

  /** Offset after the last byte that was read. */
  get offset(): number {
    return this.#reader.offset
  }

  /** Offset after the last byte that was delivered: before an open last line. */
  get deliveredOffset(): number {
    return this.#cutter.offset
  }

  /**
   * How much is known to have been in it: the largest size that was seen, and after which its bytes were still those
   * that were read. A size alone may be that of another content already.
   */
  get knownSize(): number {
    return this.#knownSize
  }

  /** The file was seen with this size; proves the size seen before that, when it was not read since. */
  async see(size: number): Promise<void> {
    if (this.#seenSize > this.#knownSize) await this.holds()
    this.#note(size)
  }

  /** It has this size. One that has become smaller was cut: of what was there before nobody may have read a byte. */
  #note(size: number): void {
    if (size > this.#seenSize || this.#head.length === 0) this.#seenSize = size
  }

  /**
   * The file was cut, and is `size` bytes long now: a larger size that was seen can only have been its own. Of what nobody
   * read a byte of, a copy may yet be found that nobody knows for one: nothing is said to be lost.
   */
  settleSize(size: number): void {
    if (size < this.#seenSize && this.#head.length > 0) this.#knownSize = Math.max(this.#knownSize, this.#seenSize)
  }

  /** Whether all that was seen of it is read. */
  get isRead(): boolean {
    return this.offset >= this.#seenSize
  }

  /** Whether it was read to its end, and ends there, as far as was seen: what is longer is no copy of it. */
  get isWhole(): boolean {
    return this.isRead && this.offset >= this.#knownSize && !this.successor && !this.gone
  }

  /** Whether its descriptor is closed. */
  get asleep(): boolean {
    return this.handle.asleep
  }

  /** Closes the descriptor until something is heard of the file, if nothing is to be seen. */
  drowse(): Promise<void> {
    return this.#stirred ? Promise.resolve() : this.handle.sleep()
  }

  /** Something may have happened to the file: the next step looks, and it stays open until then. */
  stir(): void {
    this.#stirred = true
  }

  get #sleeps(): boolean {
    return this.handle.asleep && !this.#stirred
  }

  /** Deleted while its handle was closed: nothing can be asked of it. */
  get gone(): boolean {
    return this.handle.gone
  }

  /** A file that was not found may be there again, as after a mount: it is looked for once more. Whether it was not. */
  comeBack(): boolean {
    if (!this.gone) return false
    this.handle.comeBack()
    this.stir()
    return true
  }

  /** Opens it again, where that has to be; what it was then is seen before it is read. */
  async #wake(): Promise<void> {
    if (!this.handle.asleep) return
    if (await this.handle.wake()) this.#note(this.handle.openedSize)
  }

  /** Whether the bytes before the offset, or at 0 those of its head, are still there. */
  async holds(): Promise<boolean> {
    if (this.successor) return false
    if (this.#sleeps || this.gone) return true
    await this.#wake()
    if (this.offset === 0) return this.learnHead()
    const seen = this.#seenSize
    const { other, end } = await this.#reader.compare()
    if (this.gone) return true
    this.successor = other
    if (!other) this.know(Math.max(seen, end))
    return !other
  }

  /** So much was in it, as another reader of it knows. */
  know(size: number): void {
    if (size > this.#knownSize) this.#knownSize = size
    if (size > this.#seenSize) this.#seenSize = size
  }

  /** The first bytes of it, as far as they were seen; at most {@link HEAD_BYTES}. */
  get head(): KnownHead {
    return this.#head
  }

  /** Whether only the proof of its first bytes is at hand. */
  get headIsProof(): boolean {
    return !(this.#head instanceof Uint8Array)
  }

  /** Reads again what was given up of its head. False when that is not there any more. */
  async #recallHead(): Promise<boolean> {
    if (!this.headIsProof || this.#sleeps || this.gone) return true
    const head = this.#reader.whole?.slice(0, this.#head.length) ?? (await readAt(this.handle, 0, this.#head.length))
    if (this.gone) return true
    if (!beginsWith(head, this.#head)) {
      this.successor = { position: 0, bytes: head, ended: false }
      return false
    }
    this.#head = head
    return true
  }

  /** Looks at the first bytes of what nobody has read yet, so that a copy of it is known once it is cut. False when it is cut. */
  async learnHead(): Promise<boolean> {
    if (this.successor) return false
    if (this.gone) return true
    if (this.offset > 0) return (await this.holds()) && (await this.#recallHead())
    const head = await readAt(this.handle, 0, HEAD_BYTES)
    if (this.gone) return true
    if (!this.#isHead(head)) {
      this.successor = { position: 0, bytes: head, ended: head.length < HEAD_BYTES }
      return false
    }
    if (head.length === 0) return !this.#endsAt(0)
    if (head.length < this.#head.length) return true
    // What is seen now is not what was copied before.
    this.#perhapsCopied = false
    // What ends here was never longer; a size that was seen before the first byte may be that of another content.
    if (this.#head.length === 0 || head.length < HEAD_BYTES) this.#seenSize = Math.min(this.#seenSize, head.length)
    this.#head = head
    this.#reader.expect(head)
    this.know(head.length)
    return true
  }

  /** What was taken for a generation that had been missed may have been a copy of it, of which nothing was known. */
  get perhapsCopied(): boolean {
    return this.#perhapsCopied
  }

  /** Generations that were missed are taken up: one is a copy of this if it was written and cut and nobody saw it. */
  async doubtIfCut(): Promise<void> {
    if (this.#head.length > 0) return
    const { mtimeNs } = await this.handle.stat({ bigint: true })
    if (mtimeNs !== this.identity.mtimeNs) this.#perhapsCopied = true
  }

  /** What was read last, as a token that another file can be held against. */
  get token(): ResumeToken {
    return { sourceId: this.source.id, offset: this.offset, tailHash: this.#reader.tailHash }
  }

  /** Reads on. Bytes that complete no line give no items. */
  async step(): Promise<GenerationStep> {
    if (this.successor) return { kind: 'changed' }
    if (this.#sleeps || this.gone) return { kind: 'end' }
    await this.#wake()
    const { openings } = this.handle
    const result = await this.#reader.read()
    this.#stirred = false // not when it failed: it may be asleep, and is to be asked again
    if (this.gone) return { kind: 'end' }
    if (result.kind !== 'bytes') return this.#stop(result)
    // Its server had forgotten the handle: what it was when it was opened again is known, too.
    if (this.handle.openings !== openings) this.#note(this.handle.openedSize)
    const isFull = this.#noteRead(result.fresh) >= this.#buffer.batchBytes
    // A full read means a backlog: only its size tells how much is lost if it is cut off before the next read.
    if (isFull) await this.size().catch(() => {}) // what was read is kept; the next read tells
    const { fresh, hole } = this.#hole.skip(result.fresh, this.offset)
    const cut = fresh.to > fresh.from ? this.#cutter.push(fresh) : undefined
    if (cut?.sharesBuffer) this.#buffer.handOver()
    return { kind: 'bytes', items: cut ? [...hole, cut.batch] : hole }
  }

  /** What was read says this of head and size. Gives how much it was. */
  #noteRead(fresh: FreshBytes): number {
    const bytes = fresh.to - fresh.from
    const isFirst = bytes === this.offset && this.#head.length === 0
    this.#perhapsCopied = false
    this.#head = grownHead(this.#head, this.offset - bytes, fresh)
    if (isFirst || bytes < this.#buffer.batchBytes) this.#seenSize = Math.min(this.#seenSize, this.offset)
    this.#knownSize = Math.max(this.copy ? this.#knownSize : 0, this.#seenSize, this.offset)
    return bytes
  }

  /** There is nothing to read on: nothing yet, or for good. */
  #stop(result: Exclude<ReadResult, { readonly kind: 'bytes' }>): GenerationStep {
    if (result.kind === 'changed') this.successor = result.found
    return { kind: result.kind === 'changed' || this.#endsAt(this.offset) ? 'changed' : 'end' }
  }

  /** Whether these first bytes are those that are known, as far as they go. */
  #isHead(bytes: Uint8Array): boolean {
    if (this.#mayGrow && bytes.length < this.#head.length) return bytes.length === 0 || beginAlike(this.#head, bytes)
    return beginsWith(bytes, this.#head)
  }

  /** It ends at `size`: what ends there was never longer, unless nothing of it was seen but a larger size. True when it was cut. */
  #endsAt(size: number): boolean {
    if (size > 0 || this.#seenSize === 0) {
      this.#seenSize = Math.min(this.#seenSize, size)
      return false
    }
    this.successor = { position: 0, bytes: new Uint8Array(0), ended: true }
    return true
  }

  /** Whether the beginning of a line is held back. */
  get holdsLine(): boolean {
    return this.#cutter.heldBytes > 0
  }

  /** What is held back, as a last line without its newline; or the hole that nothing came after. */
  flush(options?: { readonly goesOn: boolean }): LineBatch | Gap | undefined {
    return this.#hole.end(this.offset) ?? this.#cutter.end(options)
  }

  /** Size now. */
  async size(): Promise<number> {
    const size = Number((await this.handle.stat({ bigint: true })).size)
    this.#note(size)
    return size
  }

  close(): Promise<void> {
    return this.handle.close()
  }

  /**
   * Proof of the place where `item` ends: of what was read last when all of it was delivered, else of the item, or of the
   * hole that a gap tells, and of what follows: the open line, or `next`.
   */
  proofOf(item: LineBatch | Gap, next?: Delivery): string {
    const end = item.kind === 'gap' ? item.to : item.offset + item.bytes.length
    const held = this.#cutter.offset === end ? this.#cutter.heldHead(OPEN_LINE_BYTES) : new Uint8Array(0)
    if (this.offset === end) return this.#reader.tailHash
    if (item.kind === 'lines') return formatTailHash(item.bytes.subarray(-TAIL_BYTES), held)
    const after = next?.kind === 'lines' ? next.bytes.subarray(0, OPEN_LINE_BYTES) : held
    return formatTailHash(new Uint8Array(Math.min(TAIL_BYTES, end)), after)
  }
}
