import { appendFileSync, truncateSync } from 'node:fs'
import type { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openFanout, type Fanout, type Transfer } from '../src/index.ts'
import { MAX_THREADS } from '../src/limits.ts'
import { engines } from './engines.ts'
import { nextBytes, Pairs, patterned, sha256, TestFile } from './loopback.ts'

describe.runIf(engines.includes('native'))('a follower that notices growth', () => {
  let fanout: Fanout
  let pairs: Pairs
  beforeEach(async () => {
    fanout = openFanout({ engine: 'native' })
    pairs = await Pairs.open()
  })
  afterEach(async () => {
    await fanout.close()
    await pairs[Symbol.asyncDispose]()
  })

  /** One follower of the file for each thread, all of them at its end. */
  const followers = async (file: TestFile, offset: number): Promise<{ transfer: Transfer; client: Socket }[]> => {
    const all: { transfer: Transfer; client: Socket }[] = []
    for (let thread = 0; thread < MAX_THREADS; thread++) {
      const { server, client } = await pairs.connect()
      const request = { fd: file.fd, offset, mode: 'follow', noticesGrowth: true } as const
      all.push({ transfer: fanout.send(server, request), client })
    }
    await Promise.all(all.map(({ transfer }) => parked(transfer)))
    return all
  }
  const parked = (transfer: Transfer): Promise<void> =>
    vi.waitFor(() => expect(transfer.state).toBe('parked'), { interval: 5 })
  const received = async (all: readonly { client: Socket }[], count: number): Promise<string[]> =>
    (await Promise.all(all.map(({ client }) => nextBytes(client, count)))).map(String)

  it('gets what is appended before anybody has announced it', async () => {
    using file = new TestFile('first\n')
    const all = await followers(file, 0)
    expect(await received(all, 6)).toEqual(all.map(() => 'first\n'))
    appendFileSync(file.path, 'second\n')
    expect(await received(all, 7)).toEqual(all.map(() => 'second\n'))
    fanout.extend(file.fd, 13) // late, and nothing new
    appendFileSync(file.path, 'third\n')
    expect(await received(all, 6)).toEqual(all.map(() => 'third\n'))
  })

  it('misses no append, however they fall', async () => {
    using file = new TestFile('')
    const all = await followers(file, 0)
    const sent: Buffer[] = []
    for (let i = 0; i < 400; i++) {
      sent.push(patterned(1 + ((i * 37) % 900)))
      appendFileSync(file.path, sent.at(-1) as Buffer)
      if (i % 3 === 0) await new Promise(resolve => setImmediate(resolve))
    }
    const bytes = Buffer.concat(sent)
    for (const { client } of all) expect(sha256(await nextBytes(client, bytes.length))).toBe(sha256(bytes))
  })

  it('leaves a file that was cut alone until somebody says what it is now', async () => {
    using cut = new TestFile('aaaa')
    using other = new TestFile('')
    const [ofCut, ofOther] = [await followers(cut, 4), await followers(other, 0)]
    truncateSync(cut.path, 0)
    appendFileSync(cut.path, 'bbbbbbbb')
    // Events come in order: who hears of the second file has heard of the first.
    appendFileSync(other.path, 'x')
    expect(await received(ofOther, 1)).toEqual(ofOther.map(() => 'x'))
    expect(ofCut.map(({ transfer }) => transfer.offset)).toEqual(ofCut.map(() => 4))
    fanout.extend(cut.fd, 8)
    expect(await received(ofCut, 4)).toEqual(ofCut.map(() => 'bbbb'))
    appendFileSync(cut.path, 'c')
    expect(await received(ofCut, 1)).toEqual(ofCut.map(() => 'c'))
  })

  it('waits for the announcement unless it was asked to notice', async () => {
    using file = new TestFile('')
    using other = new TestFile('')
    const { server, client } = await pairs.connect()
    const transfer = fanout.send(server, { fd: file.fd, offset: 0, mode: 'follow' })
    await parked(transfer)
    const ofOther = await followers(other, 0)
    appendFileSync(file.path, 'x')
    appendFileSync(other.path, 'x')
    await received(ofOther, 1)
    expect(transfer.offset).toBe(0)
    fanout.extend(file.fd, 1)
    expect(String(await nextBytes(client, 1))).toBe('x')
  })
})
