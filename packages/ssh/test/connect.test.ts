import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { connectSsh, fingerprint, sameKey } from '../src/index.ts'
import { client, hostIdentity, server, userIdentity } from './pair.ts'

/** Port of a TCP server that is no SSH server. */
async function peer(onSocket: (socket: Socket) => void): Promise<number> {
  const tcp = createServer(onSocket).listen(0, '127.0.0.1')
  onTestFinished(() => void tcp.close())
  await once(tcp, 'listening')
  return (tcp.address() as AddressInfo).port
}

describe('connectSsh', () => {
  it('shows the host key before it logs in, and waits for the answer', async () => {
    const to = await server()
    const seen: string[] = []
    await client(to, {
      verifyHostKey: async ({ host, port, address, key }) => {
        await Promise.resolve()
        expect(sameKey(key, hostIdentity.publicKey)).toBe(true)
        seen.push(`${host} ${port} ${address} ${fingerprint(key)}`)
        return true
      },
    })
    expect(seen).toEqual([`127.0.0.1 ${to.port} 127.0.0.1 ${fingerprint(hostIdentity.publicKey)}`])
  })

  it('does not log in at a host that is not trusted', async () => {
    const to = await server()
    await expect(client(to, { verifyHostKey: () => false })).rejects.toMatchObject({ code: 'LF_SSH_HOST_KEY_REFUSED' })
    expect(to.stats().lifetimeConnections).toBe(0)
  })

  it('reports a port where nobody listens', async () => {
    const to = await server()
    await to.close()
    const failure = { code: 'LF_SSH_CONNECT', retryable: true, detail: { host: '127.0.0.1', port: to.port } }
    await expect(client(to)).rejects.toMatchObject(failure)
  })

  it('reports a peer that does not speak SSH', async () => {
    const port = await peer(socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    const connecting = connectSsh({ host: '127.0.0.1', port, user: 'x', auth: {}, verifyHostKey: () => true })
    await expect(connecting).rejects.toMatchObject({ code: 'LF_SSH_HANDSHAKE' })
  })

  it('gives up on a peer that says nothing', async () => {
    const port = await peer(socket => onTestFinished(() => void socket.destroy()))
    const options = { host: '127.0.0.1', port, user: 'x', auth: {}, verifyHostKey: () => true, handshakeTimeoutMs: 50 }
    await expect(connectSsh(options)).rejects.toMatchObject({ code: 'LF_SSH_HANDSHAKE' })
  })

  it('stops with the reason of the signal', async () => {
    const to = await server()
    const abort = new AbortController()
    const reason = new Error('enough')
    const connecting = client(to, {
      signal: abort.signal,
      verifyHostKey: () => {
        abort.abort(reason)
        return true
      },
    })
    await expect(connecting).rejects.toBe(reason)
  })

  it('finds the key that fits among several', async () => {
    const to = await server({ authenticate: attempt => attempt.method === 'password' })
    const here = await client(to, { auth: { identities: [userIdentity], password: 'x' } })
    expect(here.peer).toBe(`127.0.0.1:${to.port}`)
  })
})
