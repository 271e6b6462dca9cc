import { MODEL_LINGER_MS, MODEL_POLL_MS, type ReaderInit, type ReaderUnderTest } from '../../testkit/src/index.ts'
import { follow, openCheckpoint } from '../src/index.ts'

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
    fileSystem: files,
    checkpoint,
    clock,
  })
  return { deliveries, acknowledge: (source, offset) => checkpoint.acknowledge(source, offset) }
}
