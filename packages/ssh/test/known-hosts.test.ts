import { createHmac } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { formatPublicKey, KnownHosts } from '../src/index.ts'
import { file, folder, identity } from './pair.ts'

const [mine, other, third] = [identity().publicKey, identity().publicKey, identity('ecdsa').publicKey]

async function known(text: string): Promise<KnownHosts> {
  return KnownHosts.open(await file('known_hosts', text))
}

describe('KnownHosts', () => {
  it('tells trusted, unknown and changed keys apart', async () => {
    const hosts = await known(`a ${formatPublicKey(mine)}\n[a]:2222,b ${formatPublicKey(mine)} comment\n`)
    expect(hosts.look('a', 22, mine)).toBe('trusted')
    expect(hosts.look('a', 2222, mine)).toBe('trusted')
    expect(hosts.look('b', 22, other)).toBe('changed')
    expect(hosts.look('b', 22, third)).toBe('unknown')
    expect(hosts.look('c', 22, mine)).toBe('unknown')
  })

  it('reads hashed names, wildcards and exceptions', async () => {
    const hash = createHmac('sha1', Buffer.from('salt')).update('[secret]:2222').digest('base64')
    const hashed = `|1|${Buffer.from('salt').toString('base64')}|${hash} ${formatPublicKey(mine)}`
    const hosts = await known(`${hashed}\n*.example.org,!bad.example.org ${formatPublicKey(other)}\n`)
    expect(hosts.look('secret', 2222, mine)).toBe('trusted')
    expect(hosts.look('secret', 22, mine)).toBe('unknown')
    expect(hosts.look('web.example.org', 22, other)).toBe('trusted')
    expect(hosts.look('bad.example.org', 22, other)).toBe('unknown')
  })

  it('never trusts a revoked key, and passes over what it cannot read', async () => {
    const line = formatPublicKey(mine)
    const hosts = await known(`@revoked * ${line}\n@cert-authority * ${line}\na ${line}\na b\n# a ${line}\n`)
    expect(hosts.look('a', 22, mine)).toBe('revoked')
    expect(hosts.look('a', 22, other)).toBe('changed')
  })

  it('knows nobody when the file is missing, and makes it when a host is added', async () => {
    const path = join(await folder(), 'new', 'known_hosts')
    const hosts = await (await KnownHosts.open(path)).add([{ host: 'a', port: 2222, address: '10.0.0.1', key: mine }])
    expect(hosts.look('10.0.0.1', 2222, mine)).toBe('trusted')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readFile(path, 'utf8')).toBe(
      `[a]:2222 ${formatPublicKey(mine)}\n[10.0.0.1]:2222 ${formatPublicKey(mine)}\n`,
    )
  })

  it('puts new lines first and drops only the old lines that name the same host alone', async () => {
    const keep = [`[a]:2222,[b]:2222 ${formatPublicKey(other)}`, '|1|x|y z', '# comment']
    const path = await file('known_hosts', [`[a]:2222 ${formatPublicKey(other)}`, ...keep, ''].join('\n'))
    await (await KnownHosts.open(path)).add([{ host: 'a', port: 2222, key: mine }])
    expect(await readFile(path, 'utf8')).toBe([`[a]:2222 ${formatPublicKey(mine)}`, ...keep, ''].join('\n'))
  })

  it('reports a file that is there and cannot be read', async () => {
    await expect(KnownHosts.open(await folder())).rejects.toMatchObject({ code: 'LF_SSH_KNOWN_HOSTS' })
  })
})
