import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { AbortOptions } from '@logflow/core'
import { StoreError, systemCode } from './errors.ts'
import { FolderWatch } from './folder-watch.ts'
import { streamFolder, streamOfFolder } from './format/names.ts'
import { DEFAULT_POLL_MS } from './limits.ts'
import type { StorePositions } from './position.ts'
import type { StoredItem } from './stored-item.ts'
import { StreamCursor } from './stream-cursor.ts'

/** Options of a scan. */
export interface ScanOptions extends AbortOptions {
  /** Where to start; a stream that is not named starts at its oldest entry. @defaultValue `{}` */
  readonly from?: StorePositions | undefined
  /** Wait for more at the end, new streams included, until the signal aborts or the consumer stops. @defaultValue false */
  readonly follow?: boolean | undefined
  /** Only these streams. @defaultValue all */
  readonly streams?: readonly string[] | undefined
  /** When following: look again after this time even when nothing reported a change. @defaultValue 1000 */
  readonly pollMs?: number | undefined
}

/**
 * Entries of every stream, each stream in its order, streams in turns of about 1 MiB. Entries are whole and checked,
 * but may be seen a moment before their append resolves; after a power failure such an entry can come again under a
 * new position and the same id.
 *
 * @throws StoreError `LF_STORE_READ`; the signal's reason
 */
export async function* scanStreams(
  root: string,
  options: ScanOptions = {},
): AsyncGenerator<StoredItem, void, undefined> {
  const watch = options.follow ? new FolderWatch(options.pollMs ?? DEFAULT_POLL_MS) : undefined
  try {
    yield* scanRounds(root, watch, options)
  } catch (cause) {
    if (options.signal?.aborted || cause instanceof StoreError) throw cause
    throw new StoreError('LF_STORE_READ', `cannot read the store ${root}`, { cause, detail: { root } })
  } finally {
    watch?.close()
  }
}

/** One round reads the streams that may have something to the end; without a watch there is one round. */
async function* scanRounds(
  root: string,
  watch: FolderWatch | undefined,
  options: ScanOptions,
): AsyncGenerator<StoredItem, void, undefined> {
  const { signal } = options
  const cursors = new Map<string, StreamCursor>()
  let changed: ReadonlySet<string> | undefined
  do {
    signal?.throwIfAborted()
    watch?.add(root)
    const all = changed === undefined
    const due = [...(changed ?? [])].map(folder => cursors.get(folder)).filter(cursor => cursor !== undefined)
    if (all || changed?.has(root)) {
      for (const added of await addCursors(root, cursors, options)) {
        watch?.add(added.folder)
        due.push(added)
      }
    }
    yield* readInTurns(all ? [...cursors.values()] : due, { settled: !watch, signal })
    changed = await watch?.changed(signal)
  } while (watch)
}

/** Makes a cursor for each stream that has none, by folder. Returns the new ones. */
async function addCursors(
  root: string,
  cursors: Map<string, StreamCursor>,
  { from = {}, streams: only }: ScanOptions,
): Promise<StreamCursor[]> {
  const added: StreamCursor[] = []
  for (const stream of await listStreams(root)) {
    const folder = join(root, streamFolder(stream))
    if (cursors.has(folder) || (only && !only.includes(stream))) continue
    const cursor = new StreamCursor(folder, stream, Object.hasOwn(from, stream) ? from[stream] : undefined)
    cursors.set(folder, cursor)
    added.push(cursor)
  }
  return added
}

/** Names of the streams below `root`, sorted; none when it is not there yet. */
export async function listStreams(root: string): Promise<string[]> {
  try {
    const folders = await readdir(root)
    return folders
      .map(streamOfFolder)
      .filter(stream => stream !== undefined)
      .sort()
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  }
}

async function* readInTurns(
  due: StreamCursor[],
  { settled, signal }: { readonly settled: boolean; readonly signal: AbortSignal | undefined },
): AsyncGenerator<StoredItem, void, undefined> {
  while (due.length > 0) {
    for (const cursor of [...due]) {
      signal?.throwIfAborted()
      const { items, atEnd } = await cursor.read({ settled })
      yield* items
      if (atEnd) due.splice(due.indexOf(cursor), 1)
    }
  }
}
