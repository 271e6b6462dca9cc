import type { SshSession } from '@logflow/ssh'
import { Random } from '@logflow/testkit'
import { describe, expect, it } from 'vitest'
import { ask, type Asked } from './asked.ts'
import { cuttingProxy, someBytes, type Limit } from './cutting-proxy.ts'
import { digest, logText } from './log-text.ts'
import { serving, type Serving } from './serving.ts'
import { spoiled } from './spoiled.ts'

const WAYS: readonly (readonly [string, Partial<Asked>])[] = [
  ['dcat', {}],
  ['dgrep', { mode: 'grep', pattern: ' hit ' }],
  ['dgrep -invert', { mode: 'grep', pattern: ' hit ', invert: true }],
  ['dgrep -before -after -max', { mode: 'grep', pattern: ' hit ', options: { before: 1, after: 2, max: 900 } }],
]

/** A session that fails once when so much was sent, in one of many ways. */
function failing(session: SshSession, random: Random): SshSession {
  let left = someBytes(random, 1, 12)
  const write = async (parts: readonly Uint8Array[]): Promise<void> => {
    if (--left > 0) return session.writeParts(parts)
    const whole = Buffer.concat(parts)
    // Nothing, a part of a frame, or all of it; the frames behind it are tried, too.
    if (left === 0) await session.writeParts([whole.subarray(0, Math.floor(whole.length * random.next()))])
    throw new Error('the test says no')
  }
  return spoiled(session, { writeParts: write })
}

/** Two files, of which two servers have each. */
async function twoFiles(here: Serving): Promise<readonly string[]> {
  return [await here.file('a.log', logText(9000)), await here.file('b.log', logText(3000, { name: 'b' }))]
}

describe('whatever breaks', () => {
  const seed = Number(process.env['LOGFLOW_SEED'] ?? Date.now() % 1_000_000)

  it(`no line is lost and none comes twice (LOGFLOW_SEED=${seed})`, { timeout: 180_000 }, async t => {
    const random = new Random(seed)
    let faults = 0
    const spoil = (session: SshSession): SshSession => (faults-- > 0 ? failing(session, random) : session)
    const here = await serving(t, {}, { spoil })
    const files = await twoFiles(here)
    for (const [name, way] of WAYS) {
      const whole = await ask(here.server.port, { files, ...way })
      for (const detail of ['bytes', 'lines'] as const) {
        faults = Math.floor(random.next() * 3)
        const limits = Array.from({ length: 2 }, (_, i): Limit => {
          if (random.next() < 0.3) return i === 0 ? { fromClient: 6000 } : { fromClient: someBytes(random, 50, 6000) }
          const fromServer = someBytes(random, i === 0 ? 20_000 : 100, 1_000_000)
          return random.next() < 0.5 ? fromServer : { fromServer }
        })
        const native = random.next() < 0.3 ? { packings: ['zstd'] as const, packAlways: true } : undefined
        const proxies = await Promise.all([
          cuttingProxy(t, here.server.port, limits),
          cuttingProxy(t, here.server.port),
        ])
        const ports = proxies.map(({ port }) => port)
        const answer = await ask(ports, { files, ...way }, { detail, native })
        const context = `${name} ${detail} seed ${seed}`
        expect(answer.failed, context).toEqual([])
        for (const file of files)
          for (const server of ports.keys())
            expect(digest(answer.bytesOf(file, server)), context).toBe(digest(whole.bytesOf(file)))
        for (const { account } of answer.sources)
          expect(account, context).toMatchObject({ state: 'ended', gapBytes: 0 })
      }
    }
  })
})
