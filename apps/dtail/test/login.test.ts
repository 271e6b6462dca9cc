import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connectSsh, formatPublicKey, hostKeyFrom, type SshIdentity } from '@logflow/ssh'
import { tempDir } from '@logflow/testkit'
import { describe, expect, it } from 'vitest'
import { converse, rsaKey, serving, type Serving } from './serving.ts'

function identity(): SshIdentity {
  const { privateKey, publicKey } = hostKeyFrom(rsaKey(), 'test')
  return { kind: 'file', privateKey, publicKey, passphrase: undefined, origin: 'test' }
}

async function login(here: Serving, user: string, key: SshIdentity): ReturnType<typeof connectSsh> {
  const [host, port, auth] = ['127.0.0.1', here.server.port, { identities: [key] }]
  return connectSsh({ host, port, user, auth, verifyHostKey: () => true })
}

const REFUSED = { code: 'LF_SSH_AUTHENTICATION' }

describe('logging in at dserver', () => {
  it('takes a key of the cached authorized_keys, and passes over lines that are none', async t => {
    const here = await serving(t)
    const [mine, other] = [identity(), identity()]
    await here.file('ann.authorized_keys', `nonsense\n${formatPublicKey(mine.publicKey)} ann@earth\n`)
    const session = await login(here, 'ann', mine)
    expect(session.user).toBe('ann')
    await session.close()
    await expect(login(here, 'ann', other)).rejects.toMatchObject(REFUSED)
    await expect(login(here, 'bob', mine)).rejects.toMatchObject(REFUSED)
  })

  it('takes a key that was registered in an earlier session, for the same user only', async t => {
    const here = await serving(t)
    const mine = identity()
    const path = await here.file('a.log', 'one\n')
    await expect(login(here, 'paul', mine)).rejects.toMatchObject(REFUSED)
    const base64 = Buffer.from(mine.publicKey.blob).toString('base64')
    const text = await converse(await here.session(), `AUTHKEY ${base64}`, `cat: ${path} regex:noop `)
    expect(text).toContain('SERVER|earth|AUTHKEY OK\n¶')
    await (await login(here, 'paul', mine)).close()
    await expect(login(here, 'ann', mine)).rejects.toMatchObject(REFUSED)
  })

  it('makes no path out of a name', async t => {
    const here = await serving(t)
    const mine = identity()
    const elsewhere = await tempDir(t)
    await writeFile(join(elsewhere, 'x.authorized_keys'), formatPublicKey(mine.publicKey))
    await expect(login(here, `../${elsewhere.split('/').at(-1)}/x`, mine)).rejects.toMatchObject(REFUSED)
    await symlink(join(elsewhere, 'x.authorized_keys'), join(here.folder, 'eve.authorized_keys'))
    await expect(login(here, 'eve', mine)).rejects.toMatchObject(REFUSED)
  })

  it('lets nobody in who may read nothing', async t => {
    const here = await serving(t, { Permissions: { Default: ['^/'], Users: { ann: [] } } })
    const mine = identity()
    await here.file('ann.authorized_keys', formatPublicKey(mine.publicKey))
    await expect(login(here, 'ann', mine)).rejects.toMatchObject(REFUSED)
  })

  it('knows the password of the health check, and no other', async t => {
    const here = await serving(t)
    await (await here.session('DTAIL-HEALTH')).close()
    await expect(here.session('DTAIL-SCHEDULE')).rejects.toMatchObject(REFUSED)
  })
})
