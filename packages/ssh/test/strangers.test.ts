import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { randomBytes } from 'node:crypto'
import ssh2 from 'ssh2'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { hostKeyFrom, type SshServer } from '../src/index.ts'
import { client, echo, identity, rawClient, server, userIdentity } from './pair.ts'

/** Somebody who connects and reads what comes. */
function stranger(to: SshServer, localAddress = '127.0.0.1'): Socket {
  const socket = connect({ port: to.port, host: '127.0.0.1', localAddress }).resume()
  onTestFinished(() => void socket.destroy())
  return socket.on('error', () => {})
}

/** What the server offers in its first packet, as text. */
async function offer(to: SshServer): Promise<string> {
  const socket = connect({ port: to.port, host: '127.0.0.1' })
  onTestFinished(() => void socket.destroy())
  socket.write('SSH-2.0-test\r\n')
  let text = ''
  for await (const chunk of socket) if ((text += (chunk as Buffer).toString('latin1')).includes('none')) break
  return text
}

describe('what a server offers to everybody', () => {
  it('is modern key exchange and ciphers, strictly ordered, and no SHA-1 for an RSA host key', async () => {
    const to = await server({ hostKeys: [hostKeyFrom(identity('rsa').privateKey, 'test')] })
    const text = await offer(to)
    expect(text).toContain('curve25519-sha256,curve25519-sha256@libssh.org,kex-strict-s-v00@openssh.com')
    expect(text).toContain('rsa-sha2-512,rsa-sha2-256')
    expect(text).not.toMatch(/ssh-rsa|sha1|cbc|chacha|nistp|diffie|3des|arcfour|zlib/)
    await client(to)
  })

  it('grows by what the configuration names', async () => {
    const to = await server({
      algorithms: { keyExchanges: ['ecdh-sha2-nistp256'], ciphers: ['aes256-cbc'], macs: ['hmac-sha2-512'] },
    })
    const text = await offer(to)
    expect(text).toContain('ecdh-sha2-nistp256,kex-strict-s-v00@openssh.com')
    expect(text).toContain('aes256-cbc')
    await expect(client(to)).rejects.toMatchObject({ code: 'LF_SSH_HANDSHAKE' })
    await client(to, { algorithms: { ciphers: ['aes256-cbc'], macs: ['hmac-sha2-512'] } })
  })

  it.each(['rsa-sha2-512', 'rsa-sha2-256'])('signs with %s where a client takes nothing else', async serverHostKey => {
    const to = await server({ hostKeys: [hostKeyFrom(identity('rsa').privateKey, 'test')] })
    const raw = new ssh2.Client()
    onTestFinished(() => void raw.destroy())
    raw.connect({
      host: '127.0.0.1',
      port: to.port,
      username: 'paul',
      privateKey: userIdentity.privateKey,
      algorithms: { serverHostKey: [serverHostKey as ssh2.ServerHostKeyAlgorithm] },
    })
    await once(raw, 'ready')
  })
})

describe('a server among strangers', () => {
  it.each([
    ['before the handshake', randomBytes(100_000)],
    ['a line that never ends', Buffer.alloc(1_000_000, 0x61)],
    ['lines without end', Buffer.from('hello\r\n'.repeat(100_000))],
    ['after the version', Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), randomBytes(100_000)])],
    ['a packet of 4 GiB', Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), Buffer.alloc(1000, 0xff)])],
    ['an old version', Buffer.from('SSH-1.5-x\r\n')],
  ])('ends who sends garbage: %s', async (_what, garbage) => {
    const to = await server({ limits: { loginTimeoutMs: 1000 } })
    const socket = stranger(to)
    const closed = once(socket, 'close')
    socket.write(garbage)
    await closed
    await vi.waitFor(() => expect(to.stats().preAuthConnections).toBe(0))
    await client(to)
  })

  it('ends who sends garbage inside the encrypted connection, and only that one', async () => {
    const to = await server()
    const [good, bad] = [await client(to), await rawClient(to)]
    const { _sock } = bad as unknown as { readonly _sock: Socket }
    const closed = once(_sock, 'close')
    _sock.write(randomBytes(100_000))
    await closed
    await good.write(Buffer.from('still here'))
    const { value } = await good.input[Symbol.asyncIterator]().next()
    expect(Buffer.from(value as Uint8Array).toString()).toBe('still here')
  })

  it('does not let one address that says nothing keep the others out', async () => {
    const to = await server({ limits: { maxConnections: 5, loginTimeoutMs: 60_000 } })
    const silent = Array.from({ length: 5 }, () => stranger(to, '127.0.0.2'))
    await vi.waitFor(() => expect(to.stats().preAuthConnections).toBe(5))
    const gone = Promise.race(silent.map(socket => once(socket, 'close')))
    const here = await client(to)
    await gone
    expect(to.stats()).toMatchObject({ connections: 1, preAuthConnections: 4, refusedConnections: 0 })
    await here.close()
  })

  it('lets nobody push out who has logged in', async () => {
    const to = await server({ limits: { maxConnections: 1 } })
    const here = await client(to)
    await once(stranger(to, '127.0.0.2'), 'close')
    expect(to.stats()).toMatchObject({ connections: 1, refusedConnections: 1 })
    await here.close()
  })

  it('refuses an address that keeps failing, and serves the others', async () => {
    const to = await server({ limits: { maxFailedLoginsPerMinutePerAddress: 3 } })
    for (let i = 0; i < 3; i++) {
      const socket = stranger(to, '127.0.0.2')
      await once(socket, 'data')
      socket.destroy()
      await vi.waitFor(() => expect(to.stats().preAuthConnections).toBe(0))
    }
    const refused = stranger(to, '127.0.0.2')
    await once(refused, 'close')
    expect(refused.bytesRead).toBe(0)
    await client(to)
  })

  it('ends who has logged in and never opens a session', async () => {
    const to = await server({ limits: { loginTimeoutMs: 3000 } })
    const raw = await rawClient(to)
    await new Promise<void>(resolve => raw.once('close', () => resolve()))
    await vi.waitFor(() => expect(to.stats().connections).toBe(0))
  })

  it('takes no more than a few questions for methods', async () => {
    const to = await server({ limits: { maxAuthenticationFailures: 3 } })
    const raw = new ssh2.Client()
    onTestFinished(() => void raw.destroy())
    raw.on('error', () => {})
    const closed = new Promise<void>(resolve => raw.once('close', () => resolve()))
    let asked = 0
    raw.connect({
      host: '127.0.0.1',
      port: to.port,
      username: 'paul',
      authHandler: (_methods, _partial, next) => {
        asked++
        next({ type: 'none', username: 'paul' })
      },
    })
    await closed
    expect(asked).toBeLessThanOrEqual(5)
  })

  it('opens one shell on one session', async () => {
    const sessions: unknown[] = []
    const to = await server({
      onSession: session => {
        sessions.push(session)
        return echo(session)
      },
    })
    const raw = await rawClient(to)
    const open = (): Promise<Error | undefined> => new Promise(resolve => raw.shell(false, error => resolve(error)))
    expect(await open()).toBeUndefined()
    await Promise.race([open(), once(raw, 'close')])
    await vi.waitFor(() => expect(to.stats().connections).toBe(0))
    expect(sessions).toHaveLength(1)
  })

  it('survives ten thousand connections in bounded time and memory, and serves on', async () => {
    const to = await server({ limits: { maxConnections: 100 } })
    const before = process.memoryUsage().rss
    let [started, closed] = [0, 0]
    await new Promise<void>(resolve => {
      const next = (): void => {
        if (started === 10_000) return
        const socket = connect({ port: to.port, host: '127.0.0.1', localAddress: `127.0.0.${2 + (started++ % 200)}` })
        socket.on('error', () => {}).resume()
        socket.once('data', () => socket.destroy())
        socket.once('close', () => {
          if (++closed === 10_000) resolve()
          else next()
        })
      }
      for (let i = 0; i < 200; i++) next()
    })
    await vi.waitFor(() => expect(to.stats().preAuthConnections).toBe(0))
    expect(process.memoryUsage().rss - before).toBeLessThan(128 * 1024 * 1024)
    await client(to)
  }, 60_000)
})
