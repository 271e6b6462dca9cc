import { pipeline } from 'node:stream/promises'
import type { Transform } from 'node:stream'
import * as zlib from 'node:zlib'
import { discardBytes } from '@logflow/core'
import { CompressError } from './errors.ts'
import type { DecompressStreamOptions } from './options.ts'
import { ZstdFrameScanner, type ZstdPiece } from './zstd-frames.ts'

/** What comes out of one step. Larger chunks mean fewer thread hops, which cost half the speed at 64 KiB. */
const CHUNK_BYTES = 512 * 1024
/** Chunks that wait to be taken: while one of them is worked on, the thread pool unfolds the next ones. */
const CHUNKS_AHEAD = 3
/** Each chunk as it is: read as bytes, what waits would be copied together. */
const UNFOLDING = { chunkSize: CHUNK_BYTES, readableObjectMode: true, readableHighWaterMark: CHUNKS_AHEAD }
/** Compressed pieces smaller than this are joined before they go to the thread pool. */
const JOIN_BYTES = 1024 * 1024

/** The zstd half of `node:zlib` (Node 22.15 and 23.8), which the types of Node 20 do not know. */
interface ZstdZlib {
  createZstdDecompress(options: typeof UNFOLDING): Transform
  zstdCompress(bytes: Uint8Array, options: { params: Record<number, number> }, done: ZlibDone): void
  readonly constants: { readonly ZSTD_c_compressionLevel: number }
}
type ZlibDone = (error: Error | null, result: Uint8Array) => void

/** The zstd half of `node:zlib`, `undefined` where this Node has none. */
export const nodeZstd: ZstdZlib | undefined = 'createZstdDecompress' in zlib ? (zlib as unknown as ZstdZlib) : undefined

/** Compresses one run of bytes on the thread pool. */
export function compressNode(bytes: Uint8Array, format: 'gzip' | 'zlib' | 'zstd', level: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const done: ZlibDone = (error, result) => (error ? reject(error) : resolve(result))
    if (format === 'gzip') zlib.gzip(bytes, { level }, done)
    else if (format === 'zlib') zlib.deflate(bytes, { level }, done)
    else if (nodeZstd) {
      nodeZstd.zstdCompress(bytes, { params: { [nodeZstd.constants.ZSTD_c_compressionLevel]: level } }, done)
    } else reject(new CompressError('LF_COMPRESS_UNSUPPORTED', 'this Node cannot write zstd; it needs 22.15 or later'))
  })
}

/** What unfolding is told besides the format. */
type Unfolding = Pick<DecompressStreamOptions, 'signal' | 'lend'>

/** Unfolds gzip (any number of members) or zlib. */
export async function* inflateNode(
  chunks: AsyncIterable<Uint8Array>,
  format: 'gzip' | 'zlib',
  unfolding: Unfolding,
): AsyncGenerator<Uint8Array, void, undefined> {
  const engine = format === 'gzip' ? zlib.createGunzip(UNFOLDING) : zlib.createInflate(UNFOLDING)
  let fed = 0
  async function* counted(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of chunks) {
      fed += chunk.length
      if (chunk.length > 0) yield chunk
    }
  }
  yield* through(engine, counted(), unfolding)
  // gzip may be padded with zeros, which the engine leaves alone; zlib has one end.
  if (format === 'zlib' && engine.bytesWritten < fed) {
    throw new CompressError('LF_COMPRESS_CORRUPT', `${fed - engine.bytesWritten} bytes follow the end of zlib input`, {
      detail: { offset: engine.bytesWritten },
    })
  }
}

/** Unfolds zstd, one engine per frame: a shared one takes a cut frame for a whole one. */
export async function* inflateZstdNode(
  chunks: AsyncIterable<Uint8Array>,
  unfolding: Unfolding,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (!nodeZstd) {
    const { inflatePure } = await import('./pure-codec.ts')
    return yield* inflatePure(chunks, 'zstd', unfolding.signal)
  }
  const source = new FrameSource(chunks)
  try {
    while (await source.open()) {
      const engine = nodeZstd.createZstdDecompress(UNFOLDING)
      yield* through(engine, source.frame(), unfolding)
    }
  } finally {
    await source.close()
  }
}

/** Cuts a stream of chunks into frames that can be read one after another. */
class FrameSource {
  readonly #chunks: AsyncIterator<Uint8Array>
  readonly #scanner = new ZstdFrameScanner()
  #next: ZstdPiece | undefined

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /** Whether another frame follows. */
  async open(): Promise<boolean> {
    this.#next = await this.#read()
    return this.#next !== undefined
  }

  /** The bytes of the frame, small blocks joined. */
  async *frame(): AsyncGenerator<Uint8Array, void, undefined> {
    let parts: Uint8Array[] = []
    let size = 0
    for (let piece = this.#next; piece; piece = await this.#read()) {
      parts.push(piece.bytes)
      size += piece.bytes.length
      if (piece.last) break
      if (size < JOIN_BYTES) continue
      yield Buffer.concat(parts)
      parts = []
      size = 0
    }
    this.#next = undefined
    if (size > 0) yield parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts)
  }

  async close(): Promise<void> {
    await this.#chunks.return?.()
  }

  /** The next piece; `undefined` at the end of input, which is checked. */
  async #read(): Promise<ZstdPiece | undefined> {
    for (;;) {
      const piece = this.#scanner.read()
      if (piece) return piece
      const next = await this.#chunks.next()
      if (next.done) {
        this.#scanner.end()
        return undefined
      }
      this.#scanner.push(next.value)
    }
  }
}

/** Runs `chunks` through a zlib stream, with its backpressure and its errors as ours. */
async function* through(
  engine: Transform,
  chunks: AsyncIterable<Uint8Array>,
  { signal, lend = false }: Unfolding,
): AsyncGenerator<Uint8Array, void, undefined> {
  const feeding = pipeline(chunks, engine, ...(signal ? [{ signal }] : []))
  feeding.catch(() => {}) // the same error comes out of the engine below
  try {
    for await (const chunk of engine as AsyncIterable<Buffer>) {
      yield new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)
      // The engine fills the rest of its memory first; memory that is full is nobody's any more.
      if (lend && chunk.byteOffset + chunk.byteLength === chunk.buffer.byteLength) discardBytes(chunk)
    }
  } catch (cause) {
    signal?.throwIfAborted()
    throw translate(cause)
  }
}

const TRUNCATED = new Set(['Z_BUF_ERROR', 'ZSTD_error_srcSize_wrong'])

function translate(cause: unknown): unknown {
  const code = cause instanceof Error ? (cause as NodeJS.ErrnoException).code : undefined
  if (code === undefined || !/^Z_|^ZSTD_/.test(code)) return cause
  return TRUNCATED.has(code)
    ? new CompressError('LF_COMPRESS_TRUNCATED', 'compressed input ends early', { cause })
    : new CompressError('LF_COMPRESS_CORRUPT', 'compressed input is damaged', { cause })
}
