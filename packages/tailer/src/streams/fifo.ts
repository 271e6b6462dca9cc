import { constants, open } from 'node:fs'
import { stat } from 'node:fs/promises'
import { platform } from 'node:os'
import { addAbortSignal } from 'node:stream'
import type { Delivery, Source, SourceEventName } from '@logflow/core'
import { answered } from '../files/answered.ts'
import { DescriptorHandle } from '../files/descriptor-handle.ts'
import { systemCode, TailerError } from '../errors.ts'
import { readFailure } from '../follow/failures.ts'
import { inodeKeyOf } from '../identity/identity.ts'
import { LineCutter } from '../lines/line-cutter.ts'
import type { ResolvedFollowOptions } from '../options.ts'
import { FIFO_ID } from './stream-ids.ts'

const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK

/** Whether the path names a fifo, and that one when its inode is given. */
export async function namesFifo(path: string, inodeKey?: string): Promise<boolean> {
  const facts = await stat(path, { bigint: true }).catch(() => undefined)
  return facts?.isFIFO() === true && (inodeKey === undefined || inodeKeyOf(facts) === inodeKey)
}

/** A fifo that is open. */
export interface OpenFifo {
  readonly inodeKey: string
  /** Closes it when it ends. */
  readonly deliveries: AsyncGenerator<Delivery, void, undefined>
}

/**
 * Opens the fifo at `path`, asking `admit` as for a file. Waits for no writer.
 *
 * @throws TailerError `LF_TAILER_OPEN`; whatever `admit` throws
 */
export async function openFifo(path: string, options: ResolvedFollowOptions, signal: AbortSignal): Promise<OpenFifo> {
  const openedPath = (await options.admit?.(path)) ?? path
  const kept = await openAt(openedPath)
  try {
    const inodeKey = inodeKeyOf(await kept.stat({ bigint: true }))
    // Nobody may swap a link between the question and the opening.
    const same = !options.admit || (await options.admit(path)) === openedPath
    if (!same || !(await namesFifo(openedPath, inodeKey)))
      throw new TailerError('LF_TAILER_OPEN', `${path} changed while it was opened`, { detail: { path } })
    const id = `${FIFO_ID}${inodeKey}:${Date.now().toString(36)}`
    return { inodeKey, deliveries: deliveriesOf({ host: options.host, path, id }, kept, options, signal) }
  } catch (error) {
    await kept.close()
    throw error
  }
}

/**
 * What writers write, as it comes; `ended` when the last of them has left, `opened` when the next one has written.
 * Offsets count the bytes that were read. `kept` stays open from first to last, so that nothing is lost between a writer
 * that leaves and the next one, and nobody who writes finds no reader.
 */
async function* deliveriesOf(
  source: Source,
  kept: DescriptorHandle,
  options: ResolvedFollowOptions,
  signal: AbortSignal,
): AsyncGenerator<Delivery, void, undefined> {
  const cutter = new LineCutter({ source, offset: 0, maxLineBytes: options.maxLineBytes })
  const tell = (event: SourceEventName): Delivery => ({
    ...{ kind: 'event', source, event, detail: { offset: cutter.offset } },
  })
  try {
    yield tell('opened')
    for (let opened = true; ;) {
      for await (const chunk of options.once ? waiting(kept, options.batchBytes) : written(kept, source.path, signal)) {
        if (!opened) yield tell('opened')
        opened = true
        const buffer = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)
        const cut = cutter.push({ buffer, from: 0, to: buffer.length })
        if (cut) yield cut.batch
        const open = options.partialLines ? cutter.end({ goesOn: true }) : undefined
        if (open) yield open
      }
      const last = cutter.end()
      if (last) yield last
      if (opened && cutter.offset > 0) yield tell('ended')
      if (options.once) return
      opened = false
    }
  } catch (error) {
    signal.throwIfAborted()
    throw readFailure(source.path, error)
  } finally {
    await kept.close()
  }
}

/**
 * What is written until all writers have left. On a description of its own: one that has seen a writer leave tells the
 * end again and again, a new one waits for the next writer.
 */
async function* written(
  kept: DescriptorHandle,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const again = platform() === 'linux' ? `/proc/self/fd/${kept.fd}` : path
  const fd = await answered<number>(answer => open(again, FLAGS, answer))
  const { Socket } = await import('node:net')
  const socket = new Socket({ fd, readable: true, writable: false })
  for await (const chunk of addAbortSignal(signal, socket)) yield chunk as Uint8Array
}

/** What waits in it at this moment. */
async function* waiting(kept: DescriptorHandle, batchBytes: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (;;) {
    const bytes = new Uint8Array(Buffer.allocUnsafeSlow(batchBytes).buffer)
    const { bytesRead } = await kept.read(bytes, 0, bytes.length, -1).catch((error: unknown) => {
      if (systemCode(error) === 'EAGAIN') return { bytesRead: 0 }
      throw error
    })
    if (bytesRead === 0) return
    yield bytes.subarray(0, bytesRead)
  }
}

async function openAt(path: string): Promise<DescriptorHandle> {
  try {
    return await DescriptorHandle.open(path, FLAGS)
  } catch (cause) {
    const detail = { path, code: systemCode(cause) }
    throw new TailerError('LF_TAILER_OPEN', `cannot open ${path}`, { cause, detail })
  }
}
