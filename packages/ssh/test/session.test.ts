import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Client, ClientChannel } from 'ssh2'
import { describe, expect, it, vi } from 'vitest'
import type { LogFields } from '@logflow/core'
import type { SshSession } from '../src/index.ts'
import { client, rawClient, readAll, server } from './pair.ts'

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** A server whose one session is handed out. */
async function withSession(rekeyBytes?: number): Promise<{ here: SshSession; there: SshSession }> {
  let opened: (session: SshSession) => void = () => {}
  const session = new Promise<SshSession>(resolve => (opened = resolve))
  const to = await server({ onSession: opened, ...(rekeyBytes === undefined ? {} : { rekeyBytes }) })
  const here = await client(to)
  return { here, there: await session }
}

describe('SshSession', () => {
  it('knows whether the server is one of ours', async () => {
    const { here, there } = await withSession()
    expect([here.isOwn, there.isOwn]).toEqual([true, false])
  })

  it('carries bytes both ways, however they were cut', async () => {
    const here = await client(await server())
    const sent = randomBytes(300_000)
    const answer = (async () => {
      const chunks: Uint8Array[] = []
      let size = 0
      for await (const chunk of here.input) {
        chunks.push(chunk)
        if ((size += chunk.length) >= sent.length) break
      }
      return Buffer.concat(chunks)
    })()
    for (let at = 0; at < sent.length; at += 777) await here.write(sent.subarray(at, at + 777))
    expect(sha256(await answer)).toBe(sha256(sent))
  })

  it('delivers everything that was written before close, more than the window holds', async () => {
    const { here, there } = await withSession()
    const sent = randomBytes(6 * 1024 * 1024)
    const received = readAll(here)
    for (let at = 0; at < sent.length; at += 100_000) await there.write(sent.subarray(at, at + 100_000))
    await there.close()
    expect(sha256(await received)).toBe(sha256(sent))
    await here.closed
  })

  it('yields plain Uint8Arrays', async () => {
    const { here, there } = await withSession()
    await there.write(Buffer.from('x'))
    for await (const chunk of here.input) {
      expect(chunk.constructor).toBe(Uint8Array)
      break
    }
  })

  it('makes the writer wait for a reader that does not read', async () => {
    const { here, there } = await withSession()
    let written = 0
    const writing = (async () => {
      for (; written < 64; written++) await there.write(new Uint8Array(1024 * 1024))
    })()
    const stalled = writing.catch((error: unknown) => error)
    // What both windows and buffers hold is far below 64 MiB; the writer must still be waiting when the reader leaves.
    here.abort()
    expect(await stalled).toMatchObject({ name: 'SshError' })
    expect(written).toBeLessThan(16)
  })

  it('changes keys under way without losing a byte', async () => {
    const { here, there } = await withSession(256 * 1024)
    const sent = randomBytes(4 * 1024 * 1024)
    const received = readAll(here)
    for (let at = 0; at < sent.length; at += 65_536) await there.write(sent.subarray(at, at + 65_536))
    await there.close()
    expect(sha256(await received)).toBe(sha256(sent))
  })

  it('refuses to write after close', async () => {
    const { here } = await withSession()
    await here.close()
    await expect(here.write(Uint8Array.of(1))).rejects.toMatchObject({ code: 'LF_SSH_CLOSED' })
  })

  it('closes once, whoever asks', async () => {
    const { here } = await withSession()
    const closing = here.close()
    expect(here.close()).toBe(closing)
    await closing
  })
})

describe('a peer that misbehaves', () => {
  it('is cut off when it sends more than the window allows', async () => {
    let opened: (session: SshSession) => void = () => {}
    const session = new Promise<SshSession>(resolve => (opened = resolve))
    const to = await server({ onSession: opened })
    const raw = await rawClient(to)
    const channel = await new Promise<ClientChannel>(resolve => raw.shell(false, (_error, opened) => resolve(opened)))
    const there = await session
    ;(channel as unknown as { outgoing: { window: number } }).outgoing.window = 2 ** 31
    for (let i = 0; i < 16; i++) channel.write(Buffer.alloc(1_000_003))
    await there.closed
    await expect(readAll(there)).rejects.toMatchObject({
      code: 'LF_SSH_CONNECTION_LOST',
      cause: { message: expect.stringContaining('more than the window') as string },
    })
  })

  it.each([
    ['exec', (raw: Client) => raw.exec('id', () => {})],
    ['subsystem', (raw: Client) => raw.subsys('x', () => {})],
    ['sftp', (raw: Client) => raw.sftp(() => {})],
    ['pty-req', (raw: Client) => raw.shell({}, () => {})],
    ['direct-tcpip', (raw: Client) => raw.forwardOut('127.0.0.1', 1, '127.0.0.1', 2, () => {})],
  ])('gets nothing but a shell: %s is refused and ends the connection', async (request, ask) => {
    const warn = vi.fn<(fields: LogFields) => void>()
    const to = await server({ logger: { debug() {}, info() {}, warn, error() {} } })
    const raw = await rawClient(to)
    const closed = once(raw, 'close')
    ask(raw)
    await closed
    expect(warn).toHaveBeenCalledWith(expect.objectContaining({ event: 'request.refused', request }), expect.anything())
  })

  it('gets one session on a connection and no second', async () => {
    const raw = await rawClient(await server())
    await new Promise(resolve => raw.shell(false, resolve))
    const closed = once(raw, 'close')
    raw.shell(false, () => {})
    await closed
  })
})
