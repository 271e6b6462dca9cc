import { MODEL_LINGER_MS, MODEL_POLL_MS, type ReaderInit, type ReaderUnderTest } from '../../testkit/src/index.ts'
import { decompressStream } from '../../compress/src/browser.ts'
import { follow, openCheckpoint, type FileSystem } from '../src/index.ts'

/** Without threads, whose time no schedule decides. */
const unpack: FileSystem['unpack'] = (chunks, format) => decompressStream(chunks, { format })

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
