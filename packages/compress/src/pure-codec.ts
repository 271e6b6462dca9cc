import { ByteQueue } from '@logflow/core'
import { gzipSync, Gunzip, Unzlib, zlibSync } from 'fflate'
import { Decompress } from 'fzstd'
import { CompressError } from './errors.ts'
import { ZstdFrameScanner } from './zstd-frames.ts'

/** Small, so that one step of a bomb unfolds to a bounded amount before the limit is looked at. */
const STEP_BYTES = 16 * 1024

type Take = (bytes: Uint8Array) => void

/** gzip or zlib in JavaScript, for where there is no `node:zlib`. */
export function compressPure(bytes: Uint8Array, format: 'gzip' | 'zlib', level: number): Uint8Array {
  const options = { level: Math.min(9, Math.max(0, level)) as 1 }
  return format === 'gzip' ? gzipSync(bytes, options) : zlibSync(bytes, options)
}

/**
 * Any format in JavaScript: pieces come out as they unfold, a few MiB at a time at most. Checksums of zstd content are
 * not verified here, those of gzip and zlib are not either: fflate and fzstd skip them.
 */
export function* inflatePure(
  chunks: Iterable<Uint8Array>,
  format: 'gzip' | 'zlib' | 'zstd',
): Generator<Uint8Array, void, undefined> {
  const out: Uint8Array[] = []
  const engine = format === 'zstd' ? zstdEngine(bytes => out.push(bytes)) : deflateEngine(format, b => out.push(b))
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += STEP_BYTES) {
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
export function zstdEngine(take: Take): Engine {
  const scanner = new ZstdFrameScanner()
  let decoder: Decompress | undefined
  return {
    push(bytes) {
      scanner.push(bytes)
      for (let piece = scanner.read(); piece; piece = scanner.read()) {
        // What fzstd hands out shares memory with its window.
        decoder ??= new Decompress(out => take(out.slice()))
        const current = decoder
        const { bytes: part, last } = piece
        translate(() => void current.push(part, last))
        if (last) decoder = undefined
      }
    },
    end: () => scanner.end(),
  }
}

/** gzip or zlib; the last bytes are held back, since fflate must be told which chunk is the last. */
function deflateEngine(format: 'gzip' | 'zlib', take: Take): Engine {
  const held = new ByteQueue()
  let ended = false
  const decoder = format === 'gzip' ? new Gunzip() : new Unzlib()
  decoder.ondata = (bytes, final) => {
    ended = final
    if (bytes.length > 0) take(bytes)
  }
  return {
    push(bytes) {
      held.push(bytes)
      if (held.length > 1) decoder.push(held.take(held.length - 1), false)
    },
    end() {
      if (held.length > 0) decoder.push(held.take(held.length), true)
      if (!ended) throw new CompressError('LF_COMPRESS_TRUNCATED', `${format} input ends early`)
    },
  }
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
