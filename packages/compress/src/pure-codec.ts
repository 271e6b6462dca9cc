import { ByteQueue } from '@logflow/core'
import { gzipSync, Gunzip, Unzlib, zlibSync } from 'fflate'
import { Decompress } from 'fzstd'
import { CompressError } from './errors.ts'
import { ZstdFrameScanner } from './zstd-frames.ts'

/** Small, so that one step of a bomb unfolds to a bounded amount before the limit is looked at. */
const STEP_BYTES = 16 * 1024

/** CRC-32 and size, at the end of every gzip member. */
const TRAILER_BYTES = 8

type Take = (bytes: Uint8Array) => void

/** gzip or zlib in JavaScript, for where there is no `node:zlib`. */
export function compressPure(bytes: Uint8Array, format: 'gzip' | 'zlib', level: number): Uint8Array {
  const options = { level: Math.min(9, Math.max(0, level)) as 1 }
  return format === 'gzip' ? gzipSync(bytes, options) : zlibSync(bytes, options)
}

/**
 * Any format in JavaScript: pieces come out as they unfold, a few MiB at a time at most. fflate and fzstd do not verify
 * checksums, so damage that still decodes is not noticed here, nor is gzip padded with zeros understood.
 */
export async function* inflatePure(
  chunks: AsyncIterable<Uint8Array>,
  format: 'gzip' | 'zlib' | 'zstd',
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const out: Uint8Array[] = []
  const take: Take = bytes => out.push(bytes)
  const engine = format === 'zstd' ? zstdEngine(take) : deflateEngine(format, take)
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += STEP_BYTES) {
      signal?.throwIfAborted()
      translate(() => engine.push(chunk.subarray(at, at + STEP_BYTES)))
      yield* out.splice(0)
    }
  }
  translate(() => engine.end())
  yield* out.splice(0)
}

interface Engine {
  push(bytes: Uint8Array): void
  end(): void
}

/** zstd, one decoder per frame. */
function zstdEngine(take: Take): Engine {
  const scanner = new ZstdFrameScanner()
  let decoder: Decompress | undefined
  return {
    push(bytes) {
      scanner.push(bytes)
      for (let piece = scanner.read(); piece; piece = scanner.read()) {
        // What fzstd hands out shares memory with its window.
        decoder ??= new Decompress(out => take(out.slice()))
        decoder.push(piece.bytes, piece.last)
        if (piece.last) decoder = undefined
      }
    },
    end: () => scanner.end(),
  }
}

/**
 * gzip or zlib; the last bytes are held back, since fflate must be told which chunk is the last. fflate does not look at
 * what follows the deflated bytes of a gzip member, so the last trailer is compared here (RFC 1952 2.3.1).
 */
function deflateEngine(format: 'gzip' | 'zlib', take: Take): Engine {
  const held = new ByteQueue()
  let ended = false
  let member = { size: 0, crc: 0 }
  const decoder = format === 'gzip' ? new Gunzip() : new Unzlib()
  if (decoder instanceof Gunzip) decoder.onmember = () => (member = { size: 0, crc: 0 })
  decoder.ondata = (bytes, final) => {
    ended = final
    member = { size: member.size + bytes.length, crc: format === 'gzip' ? crc32(bytes, member.crc) : 0 }
    if (bytes.length > 0) take(bytes)
  }
  return {
    push(bytes) {
      held.push(bytes)
      if (held.length > TRAILER_BYTES) decoder.push(held.take(held.length - TRAILER_BYTES), false)
    },
    end() {
      const trailer = held.take(held.length)
      if (trailer.length > 0) decoder.push(trailer, true)
      if (ended && (format === 'zlib' || closes(trailer, member))) return
      throw new CompressError('LF_COMPRESS_TRUNCATED', `${format} input ends early`)
    },
  }
}

/** Whether these eight bytes, CRC-32 and size in little-endian, end the member. */
function closes(trailer: Uint8Array, { size, crc }: { readonly size: number; readonly crc: number }): boolean {
  if (trailer.length < TRAILER_BYTES) return false
  const view = new DataView(trailer.buffer, trailer.byteOffset)
  return view.getUint32(0, true) === crc && view.getUint32(4, true) === size >>> 0
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  return crc
})

/** RFC 1952 8, going on from `crc`. */
function crc32(bytes: Uint8Array, crc: number): number {
  let value = ~crc
  for (const byte of bytes) value = (crcTable[(value ^ byte) & 0xff] as number) ^ (value >>> 8)
  return ~value >>> 0
}

/** Errors of fflate and fzstd carry numbers; ours carry names. */
function translate(step: () => void): void {
  try {
    step()
  } catch (cause) {
    if (cause instanceof CompressError) throw cause
    const early = cause instanceof Error && /unexpected EOF/i.test(cause.message)
    throw early
      ? new CompressError('LF_COMPRESS_TRUNCATED', 'compressed input ends early', { cause })
      : new CompressError('LF_COMPRESS_CORRUPT', 'compressed input is damaged', { cause })
  }
}
