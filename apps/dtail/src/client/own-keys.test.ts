import { writeFile } from 'node:fs/promises'
import { generateKeyPairSync } from 'node:crypto'
import { join } from 'node:path'
import { UsageError } from '@logflow/cli'
import { tempDir } from '@logflow/testkit'
import { describe, expect, it, vi } from 'vitest'
import { DtailLog } from '../output/dtail-log.ts'
import { ownKeys } from './own-keys.ts'

const log = new DtailLog({ level: 'none' })

describe('ownKeys', () => {
  it('opens an encrypted key with the passphrase of the environment, and finds the public key beside it', async t => {
    const folder = await tempDir(t)
    t.onTestFinished(() => void vi.unstubAllEnvs())
    vi.stubEnv('HOME', folder)
    vi.stubEnv('SSH_AUTH_SOCK', '')
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    })
    const path = join(folder, 'key')
    await writeFile(path, privateKey)
    await writeFile(`${path}.pub`, '# mine\n\nssh-rsa AAAA paul@earth\n')
    const options = { given: path, configured: '', agentKeyIndex: -1, log }
    await expect(ownKeys(options)).rejects.toThrow(UsageError)
    vi.stubEnv('DTAIL_KEY_PASSPHRASE', 'secret')
    const { identities, authKey } = await ownKeys(options)
    expect(identities.map(identity => identity.origin)).toEqual([path])
    expect(authKey).toBe('AAAA')
  })
})
