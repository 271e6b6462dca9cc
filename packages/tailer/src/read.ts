import type { FileHandle } from 'node:fs/promises'
import { decompressStream, DETECT_BYTES, detectCompression, type CompressionFormat } from '@logflow/compress'
import { LineSplitter, type Delivery, type Source } from '@logflow/core'
import { errorDetail, failedEvent } from './events.ts'
import { expandGlob } from './glob.ts'
import { identify, readAt } from './identity.ts'
import { openAdmitted } from './open-file.ts'
import { resolveTailerOptions, type ReadOptions, type ResolvedTailerOptions } from './options.ts'

/**
 * Every file that the patterns match, once to its end, one after another in the order of the patterns and names.
 * Compressed files (gzip, zstd) are known by their content and delivered unfolded; their offsets count unfolded bytes.
 * Lines are counted from 1 in each file.
 *
 * A file opens with `opened` and closes with `ended`; what cannot be opened or read to its end is `failed`, after a
 * {@link Gap} where it is known how much is missing. Only an aborted `signal` makes the iteration throw.
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
    for (const path of targets.slice(0, left)) yield* readFile(path, resolved)
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

async function* readFile(path: string, options: ResolvedTailerOptions): AsyncGenerator<Delivery, void, undefined> {
  let handle: FileHandle | undefined
  let source = unknownSource(path, options)
  try {
    options.signal?.throwIfAborted()
    handle = (await openAdmitted(path, options.admit)).handle
    const { id, size } = await identify(handle)
    source = { ...source, id }
    yield* readOpened(handle, source, size, options)
  } catch (error) {
    options.signal?.throwIfAborted()
    options.logger.warn({ event: 'source.failed', path, err: error })
    yield failedEvent(source, errorDetail(error))
  } finally {
    await handle?.close()
  }
}

async function* readOpened(
  handle: FileHandle,
  source: Source,
  size: number,
  options: ResolvedTailerOptions,
): AsyncGenerator<Delivery, void, undefined> {
  const format = detectCompression(await readAt(handle, 0, DETECT_BYTES))
  yield { kind: 'event', source, event: 'opened', detail: { size, format } }
  const splitter = new LineSplitter({ source, maxLineBytes: options.maxLineBytes })
  try {
    for await (const chunk of openChunks(handle, format, options)) {
      options.signal?.throwIfAborted()
      const batch = splitter.push(chunk)
      if (batch) yield batch
    }
  } catch (error) {
    options.signal?.throwIfAborted()
    const last = splitter.end()
    if (last) yield last
    if (format === 'none' && splitter.offset < size) {
      yield { kind: 'gap', source, from: splitter.offset, to: size, reason: 'unreadable' }
    }
    throw error
  }
  const last = splitter.end()
  if (last) yield last
  if (format === 'none' && splitter.offset < size) {
    yield { kind: 'gap', source, from: splitter.offset, to: size, reason: 'truncated' }
  }
  yield { kind: 'event', source, event: 'ended', detail: { offset: splitter.offset, lines: splitter.nextLine - 1 } }
}

function openChunks(
  handle: FileHandle,
  format: CompressionFormat,
  { batchBytes, signal }: ResolvedTailerOptions,
): AsyncIterable<Uint8Array> {
  const raw = fileChunks(handle, batchBytes)
  return format === 'none' ? raw : decompressStream(raw, { format, signal })
}

/** The file from its start, the next read under way while the last one is worked on. */
async function* fileChunks(handle: FileHandle, batchBytes: number): AsyncGenerator<Uint8Array, void, undefined> {
  let position = 0
  const next = async (): Promise<Uint8Array> => {
    const buffer = Buffer.allocUnsafeSlow(batchBytes)
    const { bytesRead } = await handle.read(buffer, 0, batchBytes, position)
    position += bytesRead
    return new Uint8Array(buffer.buffer, 0, bytesRead)
  }
  let pending = next()
  try {
    for (;;) {
      const chunk = await pending
      if (chunk.length === 0) return
      pending = next()
      pending.catch(() => {}) // awaited above or below, maybe after the consumer has left
      yield chunk
    }
  } finally {
    await pending.catch(() => {})
  }
}

function unknownSource(path: string, { host }: ResolvedTailerOptions): Source {
  return { host, path, id: 'none' }
}
