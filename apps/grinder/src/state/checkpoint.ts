import { open, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { StorePositions } from '@logflow/store'
import { GrinderError } from '../errors.ts'
import type { SavedSequences } from '../seen-entries.ts'
import type { SavedSeries } from '../series.ts'
import type { SourceFacts } from '../source-catalog.ts'

/** What was ground since the beginning, over all restarts. */
export interface GrindCounters {
  /** Entries of the store. */
  readonly entries: number
  /** Entries that came again. */
  readonly duplicateEntries: number
  readonly lines: number
  readonly bytes: number
  /** Events of rules, gaps and sources, those that only count in series included. */
  readonly events: number
  /** Events in the event log. */
  readonly keptEvents: number
  readonly gaps: number
  /** Bytes that gaps stand for, where they say so. */
  readonly lostBytes: number
  /** Entries that could not be decoded to their end. */
  readonly undecodableEntries: number
}

/** Everything that grinding has led to up to one moment: where to go on, and what it is worth. */
export interface GrindState {
  readonly positions: StorePositions
  readonly sequences: SavedSequences
  readonly sources: readonly SourceFacts[]
  readonly series: readonly SavedSeries[]
  readonly counters: GrindCounters
}

/** The state, and how long the event log is that belongs to it. One file, so that both change in one step. */
export interface Checkpoint extends GrindState {
  readonly version: 1
  /** Which rules made this; see `RuleRunner.id`. */
  readonly rulesId: string
  readonly eventLogBytes: number
}

const FILE = 'checkpoint.json'

/** The checkpoint of a folder, or `undefined` in a new one. @throws GrinderError `LF_GRINDER_STATE` */
export async function loadCheckpoint(folder: string): Promise<Checkpoint | undefined> {
  let text: string
  try {
    text = await readFile(join(folder, FILE), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new GrinderError('LF_GRINDER_STATE', `cannot read the checkpoint in ${folder}`, { cause: error })
  }
  let checkpoint: Checkpoint
  try {
    checkpoint = JSON.parse(text) as Checkpoint
  } catch (cause) {
    throw new GrinderError('LF_GRINDER_STATE', `the checkpoint in ${folder} is damaged`, { cause })
  }
  // A cast of what JSON.parse gave: the version may be anything.
  if ((checkpoint.version as number) === 1) return checkpoint
  throw new GrinderError('LF_GRINDER_STATE', `the checkpoint in ${folder} is of another version`)
}

/** Replaces the checkpoint in one step: whoever is killed here leaves the old one or the new one, whole. */
export async function saveCheckpoint(folder: string, checkpoint: Checkpoint): Promise<void> {
  const path = join(folder, FILE)
  const file = await open(`${path}.new`, 'w')
  try {
    await file.writeFile(JSON.stringify(checkpoint))
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
  await syncFolder(dirname(path))
}

/** Makes the names in a folder durable. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
