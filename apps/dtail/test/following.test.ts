import { appendFile, copyFile, rename, truncate } from 'node:fs/promises'
import { systemClock } from '@logflow/core'
import { Random } from '@logflow/testkit'
import { describe, expect, it } from 'vitest'
import { cuttingProxy, someBytes, type Limit } from './cutting-proxy.ts'
import { follow } from './followed.ts'
import { digest, logText } from './log-text.ts'
import { serving } from './serving.ts'

const CUTS = 3
const PART_LINES = 50
const MOST_PARTS = 2000

describe('what dtail follows', () => {
  const seed = Number(process.env['LOGFLOW_SEED'] ?? Date.now() % 1_000_000)

  it(`comes whole and once, wherever connections break (LOGFLOW_SEED=${seed})`, { timeout: 180_000 }, async t => {
    const random = new Random(seed)
    const here = await serving(t)
    const live = await here.file('live.log', 'before\n')
    const limits = Array.from({ length: CUTS }, (_, i): Limit => {
      // Longer for the first one, so that it begins to follow. A handshake takes 1,500 bytes of a client.
      if (i > 0 && random.next() < 0.3) return { fromClient: someBytes(random, 50, 1200) }
      const fromServer = someBytes(random, i === 0 ? 20_000 : 100, 200_000)
      return random.next() < 0.5 ? fromServer : { fromServer }
    })
    const proxy = await cuttingProxy(t, here.server.port, limits)
    const rotatedAt = random.below(100)
    let lines = 0
    const { bytes, sources } = await follow(proxy.port, live, {
      write: async () => {
        for (let part = 0; proxy.cuts() < CUTS || part <= rotatedAt; part++) {
          if (part === MOST_PARTS) throw new Error(`cut ${proxy.cuts()} times of ${CUTS}`)
          await appendFile(live, logText(PART_LINES, { from: lines }))
          lines += PART_LINES
          if (part === rotatedAt) await rename(live, `${live}.1`)
          await systemClock.sleep(10)
        }
        await appendFile(live, 'the end\n')
      },
      until: seen => seen.includes('the end\n'),
    })
    expect(proxy.cuts()).toBe(CUTS)
    expect(digest(bytes), `seed ${seed}, ${bytes.length} bytes`).toBe(digest(`${logText(lines)}the end\n`))
    for (const { account } of sources) expect(account).toMatchObject({ gapBytes: 0 })
  })

  it('comes out of a copy, too, when the file was copied and cut meanwhile', { timeout: 60_000 }, async t => {
    const here = await serving(t)
    const live = await here.file('live.log', 'before\n')
    const onCut = async (): Promise<void> => {
      await appendFile(live, logText(500, { name: 'unseen' }))
      await copyFile(live, `${live}.1`)
      await truncate(live, 0)
      await appendFile(live, logText(10, { name: 'new' }) + 'the end\n')
    }
    const proxy = await cuttingProxy(t, here.server.port, [], { onCut })
    const answer = await follow(proxy.port, live, {
      write: () => appendFile(live, logText(20, { name: 'seen' })),
      until: seen => {
        if (seen.includes('seen 19 ') && proxy.cuts() === 0) proxy.cut()
        return seen.includes('the end\n')
      },
    })
    const lines = ['seen', 'unseen', 'new'].map((name, at) => logText([20, 500, 10][at] as number, { name }))
    expect(answer.bytes.toString()).toBe(`${lines.join('')}the end\n`)
    for (const { account } of answer.sources) expect(account).toMatchObject({ gapBytes: 0 })
  })
})
