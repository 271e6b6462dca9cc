import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lineBatch, type Clock, type LogFields, type Logger } from '@logflow/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { drain } from './drain.ts'
import { openSpool, type Spool } from './spool.ts'
import type { UploadResult, Uploads } from './upload.ts'

let folder: string
let spool: Spool

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logflow-drain-'))
  spool = await openSpool(folder)
})
afterEach(async () => {
  await spool.close()
  await rm(folder, { recursive: true })
})

/** A clock whose sleeps end at once and are written down; after `count` of them the signal aborts. */
function sleeper(count: number): { readonly sleeps: number[]; readonly clock: Clock; readonly signal: AbortSignal } {
  const stop = new AbortController()
  const sleeps: number[] = []
  const clock: Clock = {
    now: () => 0,
    monotonicMs: () => 0,
    sleep: async ms => {
      sleeps.push(ms)
      if (sleeps.length >= count) stop.abort(new Error('enough'))
    },
  }
  return { sleeps, clock, signal: stop.signal }
}

/** Answers one after the other, the last one for ever, and keeps what it was sent. */
class Script implements Uploads {
  readonly sent: number[] = []
  readonly #answers: UploadResult[]
  constructor(...answers: UploadResult[]) {
    this.#answers = answers
  }
  send({ id }: { readonly id: { readonly sequence: number } }): Promise<UploadResult> {
    this.sent.push(id.sequence)
    const [answer] = this.#answers.length > 1 ? this.#answers.splice(0, 1) : this.#answers
    return Promise.resolve(answer as UploadResult)
  }
  close(): Promise<void> {
    return Promise.resolve()
  }
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

const stored: UploadResult = { kind: 'acknowledged', duplicate: false }
const failed: UploadResult = { kind: 'failed', reason: 'ECONNREFUSED' }

async function fill(): Promise<void> {
  await spool.append(lineBatch({ source: { host: 'h', path: 'p', id: 'i' }, bytes: new TextEncoder().encode('x\n') }))
}

describe('drain', () => {
  it('waits the normal interval when all is well, spread over a twelfth of it both ways', async () => {
    const { sleeps, clock, signal } = sleeper(200)
    await expect(drain(spool, new Script(stored), { pace: { intervalMs: 60_000 }, clock, signal })).rejects.toThrow(
      'enough',
    )
    for (const ms of sleeps) expect(ms >= 55_000 && ms <= 65_000).toBe(true)
    expect(Math.max(...sleeps) - Math.min(...sleeps)).toBeGreaterThan(5000)
  })

  it('keeps the batch through every failure and never waits longer than the normal interval', async () => {
    await fill()
    const { sleeps, clock, signal } = sleeper(20)
    const target = new Script(failed)
    await expect(drain(spool, target, { pace: { intervalMs: 5000 }, clock, signal })).rejects.toThrow('enough')
    expect(new Set(target.sent)).toEqual(new Set([0]))
    expect(sleeps).toHaveLength(20)
    for (const ms of sleeps) expect(ms > 0 && ms <= 5000).toBe(true)
    expect(spool.stats()).toMatchObject({ batches: 1, acknowledged: 0 })
  })

  it('waits as long as the receiver asks for', async () => {
    await fill()
    const { sleeps, clock, signal } = sleeper(1)
    const target = new Script({ kind: 'failed', reason: 'receiver answered 503', retryAfterMs: 90_000 })
    await expect(drain(spool, target, { clock, signal })).rejects.toThrow('enough')
    expect(sleeps).toEqual([90_000])
  })

  it('tells the same failure once, and when it is over', async () => {
    const events: LogFields[] = []
    const note = (fields: LogFields): void => void events.push(fields)
    const logger: Logger = { debug: note, info: note, warn: note, error: note }
    await fill()
    const target = new Script(failed, failed, failed, { kind: 'failed', reason: 'other' }, stored)
    const { clock } = sleeper(Infinity)
    await drain(spool, target, { untilEmpty: true, clock, logger })
    expect(events).toEqual([
      expect.objectContaining({ event: 'upload.failed', reason: 'ECONNREFUSED' }),
      expect.objectContaining({ event: 'upload.failed', reason: 'other' }),
      expect.objectContaining({ event: 'upload.recovered', failures: 4 }),
    ])
    expect(await spool.next()).toBeUndefined()
  })

  it('gives up after as many failures as it may have, with the reason', async () => {
    await fill()
    const { clock } = sleeper(Infinity)
    await expect(drain(spool, new Script(failed), { maxFailures: 3, clock })).rejects.toMatchObject({
      code: 'LF_SHIP_GAVE_UP',
      detail: { reason: 'ECONNREFUSED' },
    })
  })
})
