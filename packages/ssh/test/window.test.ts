import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import type { SshSession } from '../src/index.ts'
import { client, rawClient, server } from './pair.ts'

const MIB = 1024 * 1024

async function pair(): Promise<{ here: SshSession; there: SshSession }> {
  let opened: (session: SshSession) => void = () => {}
  const session = new Promise<SshSession>(resolve => (opened = resolve))
  const here = await client(await server({ onSession: opened }))
  return { here, there: await session }
}

describe('the window of a session', () => {
  it('lets more come in advance to a reader who has always read everything', async () => {
    const { here, there } = await pair()
    const sha = createHash('sha256')
    const sent = createHash('sha256')
    let [written, read] = [0, 0]
    const writing = (async () => {
      for (let i = 0; i < 64; i++) {
        const bytes = randomBytes(MIB)
        sent.update(bytes)
        written += MIB
        await there.write(bytes)
      }
      await there.close()
    })()
    const input = here.input[Symbol.asyncIterator]()
    for (let next = await input.next(); next.done !== true; next = await input.next()) {
      sha.update(next.value)
      read += next.value.length
      // A reader who stops after a while finds out how much the other side may send without being read.
      if (read > 24 * MIB && read - next.value.length <= 24 * MIB)
        await vi.waitFor(() => expect(written - read).toBeGreaterThan(6 * MIB), 5000)
    }
    await writing
    expect(read).toBe(64 * MIB)
    expect(sha.digest('hex')).toBe(sent.digest('hex'))
  })

  it('is granted again for input that nobody reads once the session closes', async () => {
    const { here, there } = await pair()
    const writing = (async () => {
      for (let i = 0; i < 8; i++) await there.write(new Uint8Array(MIB))
      await there.close()
    })()
    await here.close()
    await Promise.allSettled([writing])
    await there.closed
  })

  it('rests on what the pinned version of ssh2 keeps to itself', async () => {
    const to = await server()
    const raw = await rawClient(to)
    const channel = await new Promise(resolve => raw.shell(false, (_error, opened) => resolve(opened)))
    expect(channel).toMatchObject({
      incoming: { window: 2 * MIB, state: 'open' },
      outgoing: { state: 'open', id: expect.any(Number) as number },
      _client: {
        _protocol: {
          channelWindowAdjust: expect.any(Function) as unknown,
          _cipher: { _encKey: expect.any(Uint8Array) as Uint8Array },
          _decipher: { _decipherKey: expect.any(Uint8Array) as Uint8Array },
        },
      },
    })
  })
})
