import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import ssh2 from 'ssh2'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { collectKeys, sameKey, type FileIdentity, type SshSession } from '../src/index.ts'
import { client, file, folder, identity, server } from './pair.ts'

/** An ssh-agent that holds `keys`. */
async function agent(keys: readonly FileIdentity[]): Promise<string> {
  const path = join(await folder(), 'agent')
  const parsed = keys.map(key => ssh2.utils.parseKey(key.privateKey) as ssh2.ParsedKey)
  const tcp = createServer(socket => {
    const protocol = new ssh2.AgentProtocol(false)
    socket.on('error', () => {})
    socket.pipe(protocol).pipe(socket)
    protocol.on('identities', request => protocol.getIdentitiesReply(request, parsed))
    protocol.on('sign', (request, publicKey, data, options) => {
      const blob = publicKey.getPublicSSH()
      const key = parsed.find(candidate => candidate.getPublicSSH().equals(blob))
      if (key) protocol.signReply(request, key.sign(data, options.hash))
      else protocol.failureReply(request)
    })
  }).listen(path)
  onTestFinished(() => void tcp.close())
  await once(tcp, 'listening')
  return path
}

describe('collectKeys', () => {
  it('offers files, then the agent, then the fallbacks, each key once', async () => {
    const [first, held, last] = [identity(), identity('ecdsa'), identity()]
    const [a, b] = [await file('a', first.privateKey), await file('b', last.privateKey)]
    const keys = await collectKeys({
      files: [a, join(await folder(), 'missing')],
      agentSocket: await agent([held, first]),
      fallbackFiles: [a, b, await file('c', 'no key')],
    })
    expect(keys.map(key => key.kind)).toEqual(['file', 'agent', 'file'])
    expect(keys.map(key => key.publicKey.algorithm)).toEqual(['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ssh-ed25519'])
  })

  it('takes one key of the agent by its number, and none when there is no such number', async () => {
    const [one, two] = [identity(), identity()]
    const agentSocket = await agent([one, two])
    const keys = await collectKeys({ agentSocket, agentKeyIndex: 1 })
    expect(keys.map(key => sameKey(key.publicKey, two.publicKey))).toEqual([true])
    expect(await collectKeys({ agentSocket, agentKeyIndex: 2 })).toEqual([])
  })

  it('opens an encrypted file with the passphrase, and passes it over without', async () => {
    // Not Ed25519: the generator of ssh2 1.17 spoils one such key in 256.
    const locked = { bits: 256, passphrase: 'secret', cipher: 'aes256-ctr', rounds: 1 } as const
    const pair = ssh2.utils.generateKeyPairSync('ecdsa', locked)
    const path = await file('key', pair.private)
    expect(await collectKeys({ files: [path] })).toEqual([])
    expect(await collectKeys({ files: [path], passphrase: 'secret' })).toHaveLength(1)
  })

  it('does without an agent that is not there', async () => {
    expect(await collectKeys({ agentSocket: '/nowhere/agent' })).toEqual([])
  })

  it.each(['ed25519', 'rsa'] as const)('logs in with an %s key that only the agent holds', async type => {
    const held = identity(type)
    const sessions: SshSession[] = []
    const to = await server({ onSession: session => void sessions.push(session) })
    await client(to, { auth: { identities: await collectKeys({ agentSocket: await agent([held]) }) } })
    await vi.waitFor(() => expect(sessions[0]?.identity).toEqual(held.publicKey))
  })
})
