import type { Delivery, Source } from '@logflow/core'
import type { CheckpointEntry } from './checkpoint-log.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { ReadHandle } from './file-system.ts'
import { Generation } from './generation.ts'
import { CUT_OFF, parseIdentity, provesResumeToken, type FileIdentity } from './identity.ts'
import { findByToken, findMissed, type GenerationBase } from './siblings.ts'

/** What the path names now, opened. */
export interface OpenedFile extends GenerationBase {
  readonly handle: ReadHandle
  readonly source: Source
  readonly identity: FileIdentity
}

/** What is to be read first, in order, and what has to be told before. */
export interface Resumed {
  readonly generations: readonly Generation[]
  readonly notices: readonly Delivery[]
}

/**
 * Where to go on with a path after a restart:
 *
 * | the path names | then |
 * | --- | --- |
 * | the file of the checkpoint, same head and tail | from its offset, under its old id |
 * | another file | the rest of the old one, found by inode or content beside it; then generations born between; then this one from 0 |
 * | the same inode, other content | truncated meanwhile: the rest from a copy if there is one; then this one from 0 |
 * | nothing | the rest of the old one, if it is there |
 * | a file, and there is no checkpoint | from its end when `startAtEnd`, else from 0 |
 */
export async function resumeGenerations(
  checkpoint: Checkpoint,
  file: OpenedFile | GenerationBase,
  startAtEnd: boolean,
): Promise<Resumed> {
  const known = checkpoint.entries().filter(entry => entry.host === file.host && entry.path === file.path)
  known.sort((a, b) => b.atMs - a.atMs)
  const latest = known[0]
  if ('handle' in file) {
    const same = await firstProven(file.handle, known)
    if (same) return { generations: [await reopen(file, same)], notices: [] }
    if (!latest) return { generations: [await beginNew(checkpoint, file, startAtEnd)], notices: [] }
  }
  return latest ? resumeRotated(file, latest) : { generations: [], notices: [] }
}

/** The checkpoint speaks of a file that the path does not name any more. */
async function resumeRotated(file: OpenedFile | GenerationBase, entry: CheckpointEntry): Promise<Resumed> {
  const generations: Generation[] = []
  const notices: Delivery[] = []
  const old: Source = { host: entry.host, path: entry.path, id: entry.sourceId }
  const identity = parseIdentity(entry.sourceId)
  const rest = await findByToken(entry, file)
  const truncated = 'handle' in file && identity?.inodeKey === file.identity.inodeKey
  if (rest) {
    generations.push(await Generation.open({ ...file, ...rest, source: old, offset: entry.offset, copy: truncated }))
  } else if (entry.tailHash !== CUT_OFF) {
    const message = `what followed byte ${entry.offset} of ${entry.path} was not found`
    notices.push({ kind: 'event', source: old, event: 'failed', detail: { message, offset: entry.offset } })
  }
  if (!('handle' in file)) return { generations, notices }
  if (truncated) {
    if (notices.length > 0)
      notices.push({ kind: 'event', source: old, event: 'truncated', detail: { offset: entry.offset } })
    const source = { ...file.source, id: `${file.identity.id}~${entry.atMs.toString(36)}` }
    generations.push(await begin({ ...file, source }, 0))
    return { generations, notices }
  }
  if (notices.length > 0)
    notices.push({ kind: 'event', source: old, event: 'rotated', detail: { offset: entry.offset } })
  if (identity)
    generations.push(
      ...(await findMissed(
        { sinceNs: identity.birthNs + 1n, untilNs: file.identity.birthNs, held: generations, released: [entry] },
        file,
      )),
    )
  generations.push(await begin(file, 0))
  return { generations, notices }
}

async function firstProven(
  handle: ReadHandle,
  entries: readonly CheckpointEntry[],
): Promise<CheckpointEntry | undefined> {
  for (const entry of entries) if (await provesResumeToken(handle, entry)) return entry
  return undefined
}

function reopen(file: OpenedFile, { sourceId, offset }: CheckpointEntry): Promise<Generation> {
  return Generation.open({ ...file, source: { ...file.source, id: sourceId }, offset })
}

function begin(file: OpenedFile, offset: number): Promise<Generation> {
  return Generation.open({ ...file, offset })
}

/** A file nobody knows. An end to begin at is remembered at once: what comes while we are away is not to be missed. */
export async function beginNew(
  checkpoint: Checkpoint | undefined,
  file: OpenedFile,
  startAtEnd: boolean,
): Promise<Generation> {
  const generation = await begin(file, startAtEnd ? file.identity.size : 0)
  if (!checkpoint || !startAtEnd) return generation
  const { sourceId, offset, tailHash } = generation.token
  checkpoint.note(sourceId, offset, tailHash)
  await checkpoint.acknowledge(generation.source, offset)
  return generation
}
