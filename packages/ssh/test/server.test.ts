import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it, vi } from 'vitest'
import { sameKey, type AuthenticationAttempt, type SshSession } from '../src/index.ts'
import { client, identity, server, userIdentity } from './pair.ts'

describe('openSshServer', () => {
  it.each(['ed25519', 'ecdsa', 'rsa'] as const)('lets a user in by the signature of an %s key', async type => {
    const mine = identity(type)
    const attempts: AuthenticationAttempt[] = []
    const sessions: SshSession[] = []
    const to = await server({
      authenticate: attempt => {
        attempts.push(attempt)
        return attempt.method === 'publickey' && sameKey(attempt.key, mine.publicKey)
      },
      onSession: session => void sessions.push(session),
    })
    await client(to, { auth: { identities: [identity(), mine] } })
    await vi.waitFor(() => expect(sessions).toHaveLength(1))
    expect(sessions[0]?.user).toBe('paul')
    expect(sessions[0]?.identity).toEqual(mine.publicKey)
    expect(attempts.map(attempt => attempt.method === 'publickey' && attempt.proved)).toEqual([false, false, true])
    expect(to.stats()).toMatchObject({ connections: 1, preAuthConnections: 0, lifetimeConnections: 1 })
  })

  it('lets nobody in who knows only the public key', async () => {
    const to = await server({ authenticate: attempt => attempt.method === 'publickey' && !attempt.proved })
    await expect(client(to)).rejects.toMatchObject({ code: 'LF_SSH_AUTHENTICATION' })
  })

  it('checks passwords', async () => {
    const to = await server({
      authenticate: attempt => attempt.method === 'password' && attempt.password === 'DTAIL-HEALTH',
    })
    const here = await client(to, { auth: { password: 'DTAIL-HEALTH' } })
    expect(here.user).toBe('paul')
    await expect(client(to, { auth: { password: 'x' } })).rejects.toMatchObject({ code: 'LF_SSH_AUTHENTICATION' })
  })

  it('treats an authenticator that fails as a no', async () => {
    const to = await server({ authenticate: () => Promise.reject(new Error('disk')) })
    await expect(client(to)).rejects.toMatchObject({ code: 'LF_SSH_AUTHENTICATION' })
  })

  it('gives up on a client that tries too often', async () => {
    const to = await server({ authenticate: () => false, limits: { maxAuthenticationFailures: 2 } })
    const keys = [userIdentity, identity(), identity(), identity()]
    await expect(client(to, { auth: { identities: keys } })).rejects.toMatchObject({ code: 'LF_SSH_HANDSHAKE' })
  })

  it('closes a connection that does not log in, and says nothing else than its version', async () => {
    const to = await server({ limits: { loginTimeoutMs: 50 } })
    const socket = connect(to.port, '127.0.0.1').resume()
    socket.write('SSH-2.0-slow\r\n')
    await once(socket, 'close')
    await vi.waitFor(() => expect(to.stats().preAuthConnections).toBe(0))
  })

  it('closes a connection that says nothing at all', async () => {
    const to = await server({ limits: { loginTimeoutMs: 50 } })
    await once(connect(to.port, '127.0.0.1').resume(), 'close')
  })

  it('counts connections that have not logged in against the limit', async () => {
    const to = await server({ limits: { maxConnections: 1 } })
    const first = connect(to.port, '127.0.0.1').resume()
    await once(first, 'data')
    const second = connect(to.port, '127.0.0.1').resume()
    await once(second, 'close')
    expect(second.bytesRead).toBe(0)
    expect(to.stats()).toMatchObject({ preAuthConnections: 1, refusedConnections: 1 })
    first.destroy()
    await vi.waitFor(() => expect(to.stats().preAuthConnections).toBe(0))
    await client(to)
  })

  it('names an algorithm it does not know', async () => {
    await expect(server({ algorithms: { ciphers: ['rot13'] } })).rejects.toMatchObject({ code: 'LF_SSH_ALGORITHM' })
  })

  it('says that its port is taken', async () => {
    const { port } = await server()
    await expect(server({ port })).rejects.toMatchObject({ code: 'LF_SSH_LISTEN', detail: { port } })
  })

  it('ends a session whose handler fails', async () => {
    const to = await server({ onSession: () => Promise.reject(new Error('handler')) })
    const here = await client(to)
    await here.closed
  })
})
