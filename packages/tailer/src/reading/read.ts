import {
  decompressStream,
  DETECT_BYTES,
  detectCompression,
  type CompressionFormat,
  type DecompressStreamOptions,
} from '@logflow/compress'
import type { Delivery, Gap, GapReason, LineBatch, Source, SourceEvent } from '@logflow/core'
import { BlockCutter, type LineBlock } from '../lines/block-cutter.ts'
import { systemCode, TailerError } from '../errors.ts'
import { errorDetail, failedEvent } from '../events.ts'
import { ROOM_BYTES } from '../files/file-reader.ts'
import type { ReadHandle } from '../files/file-system.ts'
import { nodeFileSystem } from '../files/node-file-system.ts'
import { expandGlob } from '../names/glob.ts'
import { identify, readAt } from '../identity/identity.ts'
import { LineCutter, type FreshBytes } from '../lines/line-cutter.ts'
import { openAdmitted } from '../files/open-file.ts'
import {
  resolveTailerOptions,
  type ReadOptions,
  type ResolvedTailerOptions,
  type Span,
  type TailerOptions,
} from '../options.ts'

/** Bytes read at a time of a small file; a file that does not tell its size is read so, too. */
const MIN_BATCH_BYTES = 4096

/**
 * Every file that the patterns match, once to its end, one after another in the order of the patterns and names.
 * Compressed files (gzip, zstd) are known by their content and delivered unfolded; their offsets count unfolded bytes.
 * Lines are counted from 1 in each file.
 *
 * A file opens with `opened` and closes with `ended`; what cannot be opened or read to its end is `failed`, after a
 * gap where it is known how much is missing. Only an aborted `signal` makes the iteration throw.
 */
export async function* read(
  paths: string | readonly string[],
  options: ReadOptions = {},
): AsyncGenerator<Delivery, void, undefined> {
  const resolved = resolveTailerOptions(options)
  let left = resolved.maxGlobTargets
  for (const pattern of typeof paths === 'string' ? [paths] : paths) {
    resolved.signal?.throwIfAborted()
    const targets = await expandForReading(pattern, resolved)
    if ('kind' in targets) {
      yield targets
      continue
    }
    for (const path of targets.slice(0, left)) yield* readFile(path, resolved, batchesOf(resolved, options))
    if (targets.length > left) {
      const detail = { code: 'LF_TAILER_GLOB', limit: resolved.maxGlobTargets, matched: targets.length }
      yield failedEvent(unknownSource(pattern, resolved), detail)
    }
    left = Math.max(0, left - targets.length)
  }
}

/** The paths of a pattern, or the event that says why there are none. */
async function expandForReading(pattern: string, options: ResolvedTailerOptions): Promise<string[] | Delivery> {
  try {
    const targets = await expandGlob(pattern, options)
    if (targets.length > 0) return targets
    return failedEvent(unknownSource(pattern, options), {
      code: 'LF_TAILER_OPEN',
      message: `nothing matches ${pattern}`,
    })
  } catch (error) {
    return failedEvent(unknownSource(pattern, options), errorDetail(error))
  }
}

/** Options of {@link readBlocks}. */
export interface ReadBlocksOptions extends Omit<TailerOptions, 'maxGlobTargets' | 'globstar'> {
  /** Number the lines, at the price of looking for every newline. @defaultValue true */
  readonly countLines?: boolean | undefined
  /**
   * Gives two buffers of so many bytes, which are read into by turns: blocks lie in them, but for long lines and what
   * was compressed. @defaultValue memory of its own
   */
  readonly buffers?: ((size: number) => readonly [Uint8Array, Uint8Array]) | undefined
}

/**
 * One file once to its end, as {@link read} gives it, but in blocks of whole lines whose newlines nobody has looked for,
 * in memory that is used again: several times as cheap where lines are only passed on, or searched all at once. A block
 * is good until the next one is asked for. `path` is a name, not a pattern.
 *
 * @throws RangeError when `maxLineBytes` is less than `batchBytes`, or a number is out of its range
 */
export function readBlocks(
  path: string,
  { countLines = true, buffers = newPair, ...options }: ReadBlocksOptions = {},
): AsyncGenerator<LineBlock | Gap | SourceEvent, void, undefined> {
  const resolved = resolveTailerOptions(options)
  const { batchBytes, maxLineBytes } = resolved
  if (maxLineBytes < batchBytes) {
    throw new RangeError(`maxLineBytes is ${maxLineBytes}, must be no less than batchBytes, ${batchBytes}`)
  }
  return readFile(path, resolved, {
    createCutter: source => new BlockCutter({ source, maxLineBytes, countLines }),
    createBuffers: size => takeTurns(buffers(size)),
    lend: true,
  })
}

/** How the bytes of a file become what is delivered. */
interface Cutting<Item> {
  readonly createCutter: (source: Source, offset: number) => Cutter<Item>
  readonly span?: ReadOptions['span']
  /** Gives the buffer for the next read; the last one may still be in use, the one before not. */
  readonly createBuffers: (size: number) => () => Uint8Array
  /** What is delivered is good until the next is asked for. */
  readonly lend?: boolean
}

function batchesOf({ maxLineBytes }: ResolvedTailerOptions, { span }: ReadOptions): Cutting<LineBatch> {
  return {
    span,
    createCutter: (source, offset) =>
      new BatchCutter(new LineCutter({ source, offset, maxLineBytes }), { counted: offset === 0 }),
    createBuffers: newBuffers,
  }
}

/** Cuts bytes between lines. */
interface Cutter<Item> {
  readonly offset: number
  readonly nextLine: number
  push(fresh: FreshBytes): readonly Item[]
  end(): Item | undefined
}

/** Batches are handed over, and their memory with them. */
class BatchCutter implements Cutter<LineBatch> {
  readonly #cutter: LineCutter
  readonly #counted: boolean

  constructor(cutter: LineCutter, { counted }: { readonly counted: boolean }) {
    this.#cutter = cutter
    this.#counted = counted
  }

  get offset(): number {
    return this.#cutter.offset
  }
  get nextLine(): number {
    return this.#cutter.nextLine
  }

  push(fresh: FreshBytes): readonly LineBatch[] {
    const cut = this.#cutter.push(fresh)
    return cut ? [this.#numbered(cut.batch)] : []
  }

  end(): LineBatch | undefined {
    const last = this.#cutter.end()
    return last && this.#numbered(last)
  }

  /** Nobody knows the number of a line before which lines were left out. */
  #numbered(batch: LineBatch): LineBatch {
    return this.#counted ? batch : { ...batch, firstLine: 0 }
  }
}

async function* readFile<Item>(
  path: string,
  options: ResolvedTailerOptions,
  cutting: Cutting<Item>,
): AsyncGenerator<Item | Gap | SourceEvent, void, undefined> {
  let handle: ReadHandle | undefined
  let source = unknownSource(path, options)
  try {
    options.signal?.throwIfAborted()
    handle = (await openAdmitted(path, options.admit, nodeFileSystem)).handle
    const { id, size } = await identify(handle)
    source = { ...source, id }
    yield* readOpened({ handle, source, size }, options, cutting)
  } catch (error) {
    options.signal?.throwIfAborted()
    options.logger.warn({ event: 'source.failed', path, err: error })
    yield failedEvent(source, errorDetail(error))
  } finally {
    await handle?.close()
  }
}

interface Opened {
  readonly handle: ReadHandle
  readonly source: Source
  readonly size: number
}

async function* readOpened<Item>(
  { handle, source, size }: Opened,
  options: ResolvedTailerOptions,
  { createCutter, createBuffers, lend, span }: Cutting<Item>,
): AsyncGenerator<Item | Gap | SourceEvent, void, undefined> {
  const format = detectCompression(await readAt(handle, 0, DETECT_BYTES))
  yield { kind: 'event', source, event: 'opened', detail: { size, format } }
  const whole = { from: 0, to: Infinity }
  const bytesAt = (position: number, length: number): Promise<Uint8Array> => readAt(handle, position, length)
  const part = format === 'none' && span ? ((await span({ source, size, bytesAt })) ?? whole) : whole
  const cutter = createCutter(source, part.from)
  const end = format === 'none' ? Math.min(size, part.to) : 0
  try {
    // A file that is read in one go needs no more memory than it is long.
    const batchBytes = Math.min(options.batchBytes, Math.max(MIN_BATCH_BYTES, size + 1))
    for await (const chunk of openChunks(
      handle,
      { ...part, format, createBuffers, lend },
      { ...options, batchBytes },
    )) {
      options.signal?.throwIfAborted()
      yield* cutter.push(chunk)
    }
  } catch (error) {
    options.signal?.throwIfAborted()
    yield* endOf(cutter, source, end, 'unreadable')
    throw error
  }
  yield* endOf(cutter, source, end, 'truncated')
  yield { kind: 'event', source, event: 'ended', detail: { offset: cutter.offset, lines: cutter.nextLine - 1 } }
}

/** The last open line, and what is missing of what was there to read when the file was opened. */
function* endOf<Item>(
  cutter: Cutter<Item>,
  source: Source,
  size: number,
  reason: GapReason,
): Generator<Item | Gap, void, undefined> {
  const last = cutter.end()
  if (last) yield last
  if (cutter.offset < size) yield { kind: 'gap', source, from: cutter.offset, to: size, reason }
}

/** What of a file is read, and how. */
interface ChunkPlan extends Span {
  readonly format: CompressionFormat
  readonly createBuffers: Cutting<never>['createBuffers']
  readonly lend: boolean | undefined
}

function openChunks(
  handle: ReadHandle,
  { format, createBuffers, lend, ...part }: ChunkPlan,
  { batchBytes, signal }: ResolvedTailerOptions,
): AsyncIterable<FreshBytes> {
  // Whoever unfolds keeps what it was given for longer than the next read.
  if (format !== 'none') return unfolded(fileChunks(handle, part, batchBytes, newBuffers), { format, lend, signal })
  return fileChunks(handle, part, batchBytes, createBuffers)
}

async function* unfolded(
  raw: AsyncIterable<FreshBytes>,
  options: DecompressStreamOptions,
): AsyncGenerator<FreshBytes, void, undefined> {
  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const { buffer, from, to } of raw) yield buffer.subarray(from, to)
  }
  for await (const buffer of decompressStream(chunks(), options)) {
    yield { buffer, from: 0, to: buffer.length }
  }
}

/** The part of the file, the next read under way while the last one is worked on. */
async function* fileChunks(
  handle: ReadHandle,
  part: Span,
  batchBytes: number,
  createBuffers: Cutting<never>['createBuffers'],
): AsyncGenerator<FreshBytes, void, undefined> {
  const from = Math.min(ROOM_BYTES, batchBytes)
  const nextBuffer = createBuffers(from + batchBytes)
  let position = part.from
  const next = async (): Promise<FreshBytes> => {
    const buffer = nextBuffer()
    const room = buffer.subarray(0, from + Math.min(batchBytes, part.to - position))
    const { bytesRead } = await readChunk(handle, room, from, position)
    position += bytesRead
    return { buffer, from, to: from + bytesRead }
  }
  let pending = next()
  try {
    for (;;) {
      const chunk = await pending
      if (chunk.to === chunk.from) return
      pending = next()
      pending.catch(() => {}) // awaited above or below, maybe after the consumer has left
      yield chunk
    }
  } finally {
    await pending.catch(() => {})
  }
}

function newBuffer(size: number): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(size).buffer)
}

function newBuffers(size: number): () => Uint8Array {
  return () => newBuffer(size)
}

function newPair(size: number): readonly [Uint8Array, Uint8Array] {
  return [newBuffer(size), newBuffer(size)]
}

/** One is read into while the other one is worked on. */
function takeTurns(buffers: readonly [Uint8Array, Uint8Array]): () => Uint8Array {
  let turn = 0
  return () => buffers[turn++ & 1] as Uint8Array
}

async function readChunk(
  handle: ReadHandle,
  buffer: Uint8Array,
  from: number,
  position: number,
): Promise<{ readonly bytesRead: number }> {
  try {
    return await handle.read(buffer, from, buffer.length - from, position)
  } catch (cause) {
    const detail = { offset: position, code: systemCode(cause) }
    throw new TailerError('LF_TAILER_READ', `cannot read on at byte ${position}`, { cause, detail })
  }
}

function unknownSource(path: string, { host }: ResolvedTailerOptions): Source {
  return { host, path, id: 'none' }
}
