import { stat } from 'node:fs/promises'
import type { Delivery } from '@logflow/core'
import { Checkpoint, follow, type CheckpointStorage, type FollowOptions } from '@logflow/tailer'
import type { WholeFile } from './reading.ts'
import { resumePointOf, resumePointsOf } from './resume-point.ts'

/** A fifo is somebody else's to read: what one takes out of it nobody else gets. */
const FILES_ONLY = { streams: false } as const

/** The lines of a file as it grows: from its end on, or from where the client was before its connection broke. */
export async function* followResumed(
  { path, resolved, command, context }: Omit<WholeFile, 'onCut'>,
  pattern: string,
  options: FollowOptions,
): AsyncGenerator<Delivery, void, undefined> {
  const told = resumePointsOf(command)
  const point = resumePointOf(command, path)
  if (!point) {
    const from = told && (await bornMs(resolved)) >= told.sinceMs ? 'start' : 'end'
    yield* follow(pattern, { ...options, ...FILES_ONLY, from, clock: context.clock })
    return
  }
  const { offset, tailHash } = point.token
  const id = point.token.sourceId.replace(/~r\d+$/, '')
  const checkpoint = await Checkpoint.open(new ForgetfulStorage())
  checkpoint.note(id, offset, tailHash)
  await checkpoint.acknowledge({ host: context.hostname, path, id }, offset)
  // A file that was renamed since is looked for beside it, and only taken when the client proves that it was reading it
  // and may read it under its new name.
  yield* follow(pattern, { ...options, ...FILES_ONLY, from: 'start', checkpoint, clock: context.clock })
}

/** 0 when that is not known. */
async function bornMs(path: string): Promise<number> {
  return stat(path).then(
    facts => facts.birthtimeMs,
    () => 0,
  )
}

/** A checkpoint for one session: where to go on is what the client says. */
class ForgetfulStorage implements CheckpointStorage {
  readonly path = 'session'
  async load(): Promise<Uint8Array> {
    return new Uint8Array(0)
  }
  async truncate(): Promise<void> {}
  async append(): Promise<void> {}
  async replace(): Promise<void> {}
  async close(): Promise<void> {}
}
