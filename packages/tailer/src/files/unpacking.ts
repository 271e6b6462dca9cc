import { decompressStream, type CompressionFormat } from '@logflow/compress'
import type { FileSystem, ReadHandle } from './file-system.ts'
import { readAt } from '../identity/identity.ts'

const CHUNK_BYTES = 64 * 1024

/** What is packed in a file, from its start, chunk by chunk: each is good until the next one is asked for. */
export function unpacked(
  packed: ReadHandle,
  format: CompressionFormat,
  fileSystem?: Pick<FileSystem, 'unpack'>,
): AsyncIterable<Uint8Array> {
  const chunks = chunksOf(packed)
  return fileSystem?.unpack?.(chunks, format) ?? decompressStream(chunks, { format, lend: true })
}

/** The first bytes of what is packed in a file; fewer when there are not so many, or they cannot be unpacked. */
export async function unpackedHead(chunks: AsyncIterable<Uint8Array>, bytes: number): Promise<Buffer> {
  const head: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of chunks) {
      head.push(chunk.slice(0, bytes - length))
      length += chunk.length
      if (length >= bytes) break
    }
  } catch {
    // Not complete, or something else that begins like a packed file.
  }
  return Buffer.concat(head)
}

async function* chunksOf(handle: ReadHandle): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; ;) {
    const chunk = await readAt(handle, at, CHUNK_BYTES)
    if (chunk.length > 0) yield chunk
    if (chunk.length < CHUNK_BYTES) return
    at += chunk.length
  }
}
