import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLogger, type LineBatch } from '@logflow/core'
import { openSpool } from '@logflow/ship'
import { afterAll, describe, expect, it } from 'vitest'
import { openSources } from '../src/shipped-sources.ts'

const dir = await mkdtemp(join(tmpdir(), 'logflow-restart-'))
afterAll(() => rm(dir, { recursive: true }))

/** Opens spool and file as the uploader does, and gives the next batch of lines to `deal`. */
async function run(log: string, deal: (batch: LineBatch, parts: Opened) => Promise<void>): Promise<void> {
  const stop = new AbortController()
  await using spool = await openSpool(join(dir, 'spool'))
  const [source] = await openSources({
    spool,
    follow: [log],
    from: 'start',
    kmsg: false,
    kmsgPath: '',
    stdin: undefined,
    host: 'h',
    once: false,
    macs: undefined,
    signal: stop.signal,
    logger: silentLogger,
  })
  if (!source) throw new Error('no source')
  for await (const item of source.deliveries) {
    if (item.kind === 'event' && item.event === 'opened') await appendFile(log, `line ${Date.now()}\n`)
    if (item.kind !== 'lines') continue
    await deal(item, { source, spool })
    break
  }
  stop.abort()
  await source.close()
}
interface Opened {
  readonly source: Awaited<ReturnType<typeof openSources>>[number]
  readonly spool: Awaited<ReturnType<typeof openSpool>>
}

describe('the uploader after a kill', () => {
  it('goes on after what is in the spool, also in a file that was empty at first', async () => {
    const log = join(dir, 'app.log')
    await writeFile(log, '')
    let end = 0
    await run(log, async (batch, { source, spool }) => {
      // Killed here: the spool has it, the checkpoint does not.
      await spool.append(batch, { mark: source.mark(batch) })
      end = batch.offset + batch.bytes.length
    })
    expect(end).toBeGreaterThan(0)
    await run(log, async batch => expect(batch.offset).toBe(end))
  })
})
