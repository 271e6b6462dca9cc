import { generateKeyPairSync } from 'node:crypto'
import { readFile, stat, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadHostKey } from '../src/index.ts'
import { client, file, folder, identity, server } from './pair.ts'

describe('loadHostKey', () => {
  it('makes an RSA key as PKCS#1, keeps it, and reads it the next time', async () => {
    const path = join(await folder(), 'cache', 'ssh_host_key')
    const made = await loadHostKey(path, { generateBits: 2048 })
    expect(made).toMatchObject({ generated: true, publicKey: { algorithm: 'ssh-rsa' } })
    expect(await readFile(path, 'utf8')).toMatch(/^-----BEGIN RSA PRIVATE KEY-----/)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await loadHostKey(path)).toEqual({ ...made, generated: false })
    await client(await server({ hostKeys: [made] }))
  })

  it('goes on with a key that cannot be stored', async () => {
    const path = join(await file('x', ''), 'below-a-file')
    await expect(loadHostKey(path, { generateBits: 2048 })).rejects.toMatchObject({ code: 'LF_SSH_HOST_KEY' })
    const dangling = join(await folder(), 'key')
    await symlink('nowhere', dangling)
    const made = await loadHostKey(dangling, { generateBits: 2048 })
    expect(made.generated).toBe(true)
  })

  it('reads OpenSSH keys and SEC1', async () => {
    const { privateKey } = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      privateKeyEncoding: { type: 'sec1', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    })
    expect((await loadHostKey(await file('ec', privateKey))).publicKey.algorithm).toBe('ecdsa-sha2-nistp256')
    expect((await loadHostKey(await file('ed', identity().privateKey))).publicKey.algorithm).toBe('ssh-ed25519')
  })

  it.each([['missing', '/nowhere/key'] as const])('reports a %s file', async (_what, path) => {
    await expect(loadHostKey(path)).rejects.toMatchObject({ code: 'LF_SSH_HOST_KEY', detail: { path } })
  })

  it('reports a file without a private key', async () => {
    const path = await file('key', 'hello')
    await expect(loadHostKey(path, { generateBits: 2048 })).rejects.toMatchObject({ code: 'LF_SSH_HOST_KEY' })
  })
})
