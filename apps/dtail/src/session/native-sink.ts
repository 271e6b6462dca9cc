import {
  lineOffset,
  selectLines,
  type Delivery,
  type Gap,
  type LineBatch,
  type Source,
  type SourceEvent,
} from '@logflow/core'
import { sourceIdOf, type DtailOptions, type NativeBlock } from '@logflow/protocol'
import { readBlocks } from '@logflow/tailer'
import { timeRangeOf } from '../time/time-range.ts'
import { LineChoice } from '../whole-file/line-choice.ts'
import type { NativeAnswers } from './native-answers.ts'
import { NATIVE_BATCH_BYTES, NATIVE_MAX_LINE_BYTES, SEARCH_BATCH_BYTES } from './native-limits.ts'
import { openDeliveries } from './open-deliveries.ts'
import type { WholeFile } from './reading.ts'
import { resumePointOf } from './resume-point.ts'
import { SelectedBlocks } from './selected-blocks.ts'

/** Where the files of one read command go in a native session. */
export class NativeSink {
  readonly #answers: NativeAnswers
  readonly #claims: SourceClaims
  readonly #owner = {}
  /** Ids that the client knows files by. A small file that has grown since would get another one. */
  readonly #begun = new Map<string, string>()

  constructor(answers: NativeAnswers, claims: SourceClaims) {
    this.#answers = answers
    this.#claims = claims
  }

  /** Lines of a file that is followed, or searched with context. */
  deliver(batch: LineBatch): Promise<void> {
    const source = this.#sourceOf(batch.source)
    const last = batch.ends.length - 1
    if (this.#answers.terms.detail !== 'bytes' || last < 0) return this.#answers.send({ ...batch, source })
    return this.#answers.sendBlock(blockOf(batch, source, last))
  }

  /** A gap, or what happened to a source; `opened` says what the lines of the source are called. */
  note(item: Gap | SourceEvent, name: string): Promise<void> {
    const source = this.#sourceOf(item.source)
    if (item.kind === 'gap' || item.event !== 'opened') return this.#answers.send({ ...item, source })
    const detail = { ...item.detail, name, atMs: Date.now() }
    return this.#answers.send({ ...item, source, detail })
  }

  /** A file once to its end, in blocks as they lie in it; what was sent in a former session is left out. */
  async takeFile(file: WholeFile): Promise<readonly Delivery[]> {
    const { command, path } = file
    const name = sourceIdOf(command.path, path)
    const token = resumePointOf(command, path)?.token
    if (token) this.#begun.set(path, token.sourceId)
    const fromOffset = token?.offset ?? 0
    const byLine = dependsOnOtherLines(command.options) || (file.matcher && this.#answers.terms.detail !== 'bytes')
    return byLine ? this.#takeLines(file, name, fromOffset) : this.#takeBlocks(file, name, fromOffset)
  }

  async #takeLines(file: WholeFile, name: string, fromOffset: number): Promise<readonly Delivery[]> {
    const left: Delivery[] = []
    for await (const item of openDeliveries(file, { maxLineBytes: NATIVE_MAX_LINE_BYTES })) {
      if (item.kind === 'lines') await this.#deliverFrom(item, fromOffset)
      else if (isLeft(item)) left.push(item)
      else await this.note(item, name)
    }
    return left
  }

  /** Without the lines that the client has. */
  async #deliverFrom(batch: LineBatch, fromOffset: number): Promise<void> {
    const rest = fromOffset === 0 ? batch : linesFrom(batch, fromOffset)
    if (rest) await this.deliver(rest)
  }

  async #takeBlocks(file: WholeFile, name: string, fromOffset: number): Promise<readonly Delivery[]> {
    const { admit, command, context, matcher, path, signal, onCut } = file
    const countLines = this.#answers.terms.detail !== 'bytes'
    const options = {
      host: context.hostname,
      signal,
      batchBytes: matcher ? SEARCH_BATCH_BYTES : NATIVE_BATCH_BYTES,
      maxLineBytes: NATIVE_MAX_LINE_BYTES,
    }
    const choice = matcher && new LineChoice(matcher, { invert: command.pattern.kind === 'invert' })
    const blocks = readBlocks(path, {
      ...options,
      countLines,
      admit,
      buffers: choice && (size => choice.buffers(size)),
    })
    const left: Delivery[] = []
    let selected: SelectedBlocks | undefined
    for await (const item of blocks) {
      if (item.kind !== 'block') {
        await selected?.flush()
        if (isLeft(item)) left.push(item)
        else await this.note(item, name)
        continue
      }
      if (item.cut && choice) await onCut()
      const source = this.#sourceOf(item.source)
      if (choice) {
        selected ??= new SelectedBlocks(this.#answers, { source, choice, fromOffset })
        await selected.take(item)
        continue
      }
      const block = { ...item, source, through: item.offset + item.bytes.length, selected: false, open: item.cut }
      const rest = fromOffset <= block.offset ? block : blockFrom(block, fromOffset)
      if (rest) await this.#answers.sendBlock(rest)
    }
    return left
  }

  #sourceOf(source: Source): Source {
    const id = this.#begun.get(source.path)
    return this.#claims.take(id === undefined ? source : { ...source, id }, this.#owner)
  }
}

/** Whether a line is wanted because of what stands before or behind it, which a search over blocks does not know. */
function dependsOnOtherLines(options: DtailOptions): boolean {
  const { before = 0, after = 0, max = 0 } = options
  return before > 0 || after > 0 || max > 0 || timeRangeOf(options) !== undefined
}

/** What a person is told of, too. */
function isLeft(item: Delivery): item is Gap | SourceEvent {
  return item.kind === 'gap' || (item.kind === 'event' && item.event === 'failed')
}

/** The same file may be read by two commands of one session; each reading is a source of its own. */
export class SourceClaims {
  readonly #claimed = new Map<string, object[]>()

  take(source: Source, owner: object): Source {
    const key = `${source.id} ${source.path}`
    const owners = this.#claimed.get(key) ?? []
    if (owners.length === 0) this.#claimed.set(key, owners)
    const at = owners.includes(owner) ? owners.indexOf(owner) : owners.push(owner) - 1
    return at === 0 ? source : { ...source, id: `${source.id}~r${at}` }
  }
}

function blockOf(batch: LineBatch, source: Source, last: number): NativeBlock {
  const { bytes, offset, offsets, ends, firstLine } = batch
  const lastStart = last === 0 ? 0 : (ends[last - 1] as number)
  const through = offsets ? (offsets[last] as number) + bytes.length - lastStart : offset + bytes.length
  const selected = through - offset !== bytes.length
  return { kind: 'block', source, offset, through, firstLine, bytes, selected, open: false }
}

/** What lies at and behind `offset`. */
function blockFrom(block: NativeBlock, offset: number): NativeBlock | undefined {
  if (block.through <= offset) return undefined
  const skipped = block.bytes.subarray(0, offset - block.offset)
  const bytes = block.bytes.subarray(skipped.length)
  const firstLine = block.firstLine === 0 ? 0 : block.firstLine + countNewlines(skipped)
  return { ...block, offset, bytes, firstLine }
}

function countNewlines(bytes: Uint8Array): number {
  let count = 0
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) count++
  return count
}

/** The lines that begin at or behind `offset`. */
function linesFrom(batch: LineBatch, offset: number): LineBatch | undefined {
  const indexes = Array.from(batch.ends.keys()).filter(index => lineOffset(batch, index) >= offset)
  return indexes.length === 0 ? undefined : selectLines(batch, indexes)
}
