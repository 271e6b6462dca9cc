import { fstatSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { addAbortSignal } from 'node:stream'
import type { Delivery, Logger } from '@logflow/core'
import { follow, openCheckpoint, readStream } from '@logflow/tailer'
import { openKmsg, readBootId } from './kmsg-device.ts'
import { kmsgPositionAfter, loadKmsgPosition, saveKmsgPosition } from './kmsg-position.ts'
import { readKmsg } from './kmsg-source.ts'
import type { MacSuppression } from './mac-suppression.ts'

/** A flow of deliveries and the way to remember how far it was spooled. */
export interface ShippedSource {
  readonly deliveries: AsyncIterable<Delivery>
  /** The delivery is in the spool: a restart goes on after it. */
  spooled(item: Delivery): Promise<void>
  /** Changes a delivery on its way to the spool. */
  rewrite(item: Delivery): Delivery
  /** Gives back what it holds. */
  close(): Promise<void>
}

/** What the user asked to ship. */
export interface SourceOptions {
  /** Folder of the spool, where positions are kept too. */
  readonly folder: string
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

/** One source per kind that was asked for. @throws TailerError, UploaderError when one cannot be opened */
export async function openSources(options: SourceOptions): Promise<ShippedSource[]> {
  const sources: ShippedSource[] = []
  if (options.follow.length > 0) sources.push(await followFiles(options))
  if (options.kmsg) sources.push(await followKmsg(options))
  if (options.stdin !== undefined) sources.push(takeStdin(options.stdin, options))
  return sources
}

async function followFiles(options: SourceOptions): Promise<ShippedSource> {
  const { folder, from, host, once, macs, signal, logger } = options
  const checkpoint = await openCheckpoint(join(folder, 'checkpoint'))
  return {
    deliveries: follow(options.follow, { checkpoint, from, host, once, signal, logger, admit: notOwnLog }),
    async spooled(item) {
      if (item.kind === 'gap') await checkpoint.acknowledge(item.source, item.to)
      if (item.kind === 'lines') await checkpoint.acknowledge(item.source, item.offset + item.bytes.length)
    },
    rewrite: item => macs?.delivery(item) ?? item,
    close: () => checkpoint.close(),
  }
}

async function followKmsg(options: SourceOptions): Promise<ShippedSource> {
  const { folder, kmsgPath, host = hostname(), once, macs, signal, logger } = options
  const path = join(folder, 'kmsg.json')
  const bootId = await readBootId()
  const from = await loadKmsgPosition(path)
  const rewrite = macs && ((record: Uint8Array) => macs.replace(record))
  return {
    deliveries: readKmsg(openKmsg(kmsgPath), { host, bootId, from, rewrite, once, signal, logger }),
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
