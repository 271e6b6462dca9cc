import { constants, gunzipSync } from 'node:zlib'
import { CompressError } from '@logflow/compress'
import { MODEL_LINGER_MS, MODEL_POLL_MS, type ReaderInit, type ReaderUnderTest } from '../../testkit/src/index.ts'
import { follow, openCheckpoint, type FileSystem } from '../src/index.ts'

/** gzip without threads, whose time no schedule decides: what is there, and then an error when that is not all. */
const unpack: FileSystem['unpack'] = async function* (chunks) {
  const pieces: Uint8Array[] = []
  for await (const chunk of chunks) pieces.push(chunk.slice())
  const packed = Buffer.concat(pieces)
  yield gunzipSync(packed, { finishFlush: constants.Z_SYNC_FLUSH })
  try {
    gunzipSync(packed)
  } catch (cause) {
    throw new CompressError('LF_COMPRESS_TRUNCATED', 'a packed file ends early', { cause })
  }
}

/** The real tailer over a model file system. */
export async function followModel({ files, clock, storage, path, profile }: ReaderInit): Promise<ReaderUnderTest> {
  const checkpoint = await openCheckpoint(storage)
  const deliveries = follow(path, {
    host: 'h',
    from: 'start',
    batchBytes: profile.batchBytes,
    pollMs: MODEL_POLL_MS,
    lingerMs: MODEL_LINGER_MS,
    idleMs: profile.idleMs,
    watch: profile.hears !== 'nothing',
    fileSystem: { ...files, unpack },
    checkpoint,
    clock,
  })
  return { deliveries, acknowledge: (source, offset) => checkpoint.acknowledge(source, offset) }
}
