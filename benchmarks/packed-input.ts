import { createReadStream, createWriteStream, existsSync, renameSync, statSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import * as zlib from 'node:zlib'
import type { Input } from './generated-input.ts'

/** How a log lies in its file. */
export type Packing = 'plain' | 'gzip' | 'zstd'

const SUFFIXES: Readonly<Record<Packing, string>> = { plain: '', gzip: '.gz', zstd: '.zst' }

/** The path of the input packed so, at the level that logrotate uses; kept for the next run, like the input. */
export async function packedInput({ path }: Input, packing: Packing): Promise<string> {
  if (packing === 'plain') return path
  const packed = path + SUFFIXES[packing]
  if (existsSync(packed) && statSync(packed).mtimeMs >= statSync(path).mtimeMs) return packed
  // The types of Node 20 do not know zstd.
  const { createZstdCompress } = zlib as unknown as {
    readonly createZstdCompress: () => ReturnType<typeof zlib.createGzip>
  }
  const packer = packing === 'gzip' ? zlib.createGzip({ level: 6 }) : createZstdCompress()
  await pipeline(createReadStream(path), packer, createWriteStream(`${packed}.new`))
  renameSync(`${packed}.new`, packed)
  return packed
}
