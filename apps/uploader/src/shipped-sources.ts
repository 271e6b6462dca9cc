import { fstatSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { addAbortSignal } from 'node:stream'
import type { Delivery, Logger, Source } from '@logflow/core'
import type { Mark, Spool } from '@logflow/ship'
import { follow, openCheckpoint, readStream, resumeTokenAfter } from '@logflow/tailer'
import { openKmsg, readBootId } from './kmsg-device.ts'
import { kmsgPositionAfter, laterKmsgPosition, loadKmsgPosition, saveKmsgPosition } from './kmsg-position.ts'
import { readKmsg } from './kmsg-source.ts'
import type { MacSuppression } from './mac-suppression.ts'

/** A flow of deliveries and the way to remember how far it was spooled. */
export interface ShippedSource {
  readonly deliveries: AsyncIterable<Delivery>
  /** The position after the delivery, for the spool to keep with it. */
  mark(item: Delivery): Mark | undefined
  /** The delivery is in the spool: a restart goes on after it. */
  spooled(item: Delivery): Promise<void>
  /** Changes a delivery on its way to the spool. */
  rewrite(item: Delivery): Delivery
  /** Gives back what it holds. */
  close(): Promise<void>
}

/** What the user asked to ship. */
export interface SourceOptions {
  /** Its folder keeps positions too; its marks know better when a crash came in between. */
  readonly spool: Spool
  readonly follow: readonly string[]
  readonly from: 'start' | 'end'
  readonly kmsg: boolean
  readonly kmsgPath: string
  readonly stdin: string | undefined
  readonly host: string | undefined
  readonly once: boolean
  readonly macs: MacSuppression | undefined
  readonly signal: AbortSignal
  readonly logger: Logger
}

/** What the spool keeps with the deliveries of a file: where the file goes on after them. */
interface FileMark {
  readonly source: Source
  readonly offset: number
  /** Proof of the bytes before `offset`. */
  readonly tailHash: string
}

/** Key of the mark of the kernel log; files have the id of their source. */
const KMSG_KEY = 'kmsg'

/** One source per kind that was asked for. @throws TailerError, UploaderError when one cannot be opened */
export async function openSources(options: SourceOptions): Promise<ShippedSource[]> {
  const sources: ShippedSource[] = []
  if (options.follow.length > 0) sources.push(await followFiles(options))
  if (options.kmsg) sources.push(await followKmsg(options))
  if (options.stdin !== undefined) sources.push(takeStdin(options.stdin, options))
  return sources
}

async function followFiles(options: SourceOptions): Promise<ShippedSource> {
  const { spool, from, host, once, macs, signal, logger } = options
  const checkpoint = await openCheckpoint(join(spool.folder, 'checkpoint'))
  for (const { key, value } of spool.marks()) {
    if (key === KMSG_KEY) continue
    const { source, offset, tailHash } = JSON.parse(value) as FileMark
    if ((checkpoint.load(source.id)?.offset ?? -1) >= offset) continue
    // Without its proof the place would not be found again in a file that was empty when it was first seen.
    checkpoint.note(source.id, offset, tailHash)
    await checkpoint.acknowledge(source, offset)
  }
  return {
    deliveries: follow(options.follow, { checkpoint, from, host, once, signal, logger, admit: notOwnLog }),
    mark(item) {
      const token = resumeTokenAfter(item)
      if (!token) return undefined
      const mark: FileMark = { source: item.source, offset: token.offset, tailHash: token.tailHash }
      return { key: item.source.id, value: JSON.stringify(mark) }
    },
    async spooled(item) {
      const token = resumeTokenAfter(item)
      if (token) await checkpoint.acknowledge(item.source, token.offset)
    },
    rewrite: item => macs?.delivery(item) ?? item,
    close: () => checkpoint.close(),
  }
}

async function followKmsg(options: SourceOptions): Promise<ShippedSource> {
  const { spool, kmsgPath, host = hostname(), once, macs, signal, logger } = options
  const path = join(spool.folder, 'kmsg.json')
  const bootId = await readBootId()
  const marked = spool.marks().find(({ key }) => key === KMSG_KEY)
  const from = laterKmsgPosition(await loadKmsgPosition(path), marked?.value, bootId)
  const rewrite = macs && ((record: Uint8Array) => macs.replace(record))
  return {
    deliveries: readKmsg(openKmsg(kmsgPath), { host, bootId, from, rewrite, once, signal, logger }),
    mark(item) {
      const position = kmsgPositionAfter(item, bootId)
      return position && { key: KMSG_KEY, value: JSON.stringify(position) }
    },
    async spooled(item) {
      const position = kmsgPositionAfter(item, bootId)
      if (position) await saveKmsgPosition(path, position)
    },
    rewrite: item => item,
    close: async () => {},
  }
}

function takeStdin(name: string, { host, macs, signal }: SourceOptions): ShippedSource {
  return {
    // Aborting ends a read that waits for input, which would keep the program alive.
    deliveries: readStream(addAbortSignal(signal, process.stdin), { path: `stdin:${name}`, host, signal }),
    mark: () => undefined,
    spooled: async () => {},
    rewrite: item => macs?.delivery(item) ?? item,
    close: async () => {},
  }
}

/** Following the file that this program logs to would feed itself for ever. */
async function notOwnLog(path: string): Promise<string> {
  const [own, file] = [fstatSync(2), await stat(path)]
  if (own.dev === file.dev && own.ino === file.ino) throw new Error('the log of this program goes there')
  return path
}
