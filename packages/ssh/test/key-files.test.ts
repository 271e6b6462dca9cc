import { generateKeyPairSync } from 'node:crypto'
import ssh2 from 'ssh2'
import { describe, expect, it, vi } from 'vitest'
import { collectKeys, type SshSession } from '../src/index.ts'
import { client, file, server } from './pair.ts'

const PASSPHRASE = 'correct horse'
const locked = { cipher: 'aes-256-cbc', passphrase: PASSPHRASE }
const publicKeyEncoding = { type: 'spki', format: 'pem' } as const

/** In OpenSSH's own form. */
function openSsh(type: 'rsa' | 'ecdsa' | 'ed25519', bits: number | undefined, encrypted: boolean): string {
  const lock = encrypted ? { passphrase: PASSPHRASE, cipher: 'aes256-ctr', rounds: 4 } : {}
  const generate = ssh2.utils.generateKeyPairSync as (type: string, options: object) => { readonly private: string }
  const { private: privateKey } = generate(type, { ...(bits === undefined ? {} : { bits }), ...lock })
  // The generator of ssh2 1.17 cuts leading zeros off an Ed25519 key, which spoils one in 256.
  const good = !(ssh2.utils.parseKey(privateKey, PASSPHRASE) instanceof Error)
  return good ? privateKey : openSsh(type, bits, encrypted)
}

/** In the older forms of OpenSSL. */
function pem(type: 'rsa' | 'ec', encrypted: boolean): string {
  const lock = encrypted ? locked : {}
  if (type === 'rsa')
    return generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs1', format: 'pem', ...lock },
      publicKeyEncoding,
    }).privateKey
  return generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'sec1', format: 'pem', ...lock },
    publicKeyEncoding,
  }).privateKey
}

const kinds: readonly (readonly [string, string, (encrypted: boolean) => string])[] = [
  ['RSA in OpenSSH form', 'ssh-rsa', encrypted => openSsh('rsa', 2048, encrypted)],
  ['ECDSA P-256 in OpenSSH form', 'ecdsa-sha2-nistp256', encrypted => openSsh('ecdsa', 256, encrypted)],
  ['ECDSA P-384 in OpenSSH form', 'ecdsa-sha2-nistp384', encrypted => openSsh('ecdsa', 384, encrypted)],
  ['ECDSA P-521 in OpenSSH form', 'ecdsa-sha2-nistp521', encrypted => openSsh('ecdsa', 521, encrypted)],
  ['Ed25519 in OpenSSH form', 'ssh-ed25519', encrypted => openSsh('ed25519', undefined, encrypted)],
  ['RSA as PKCS#1', 'ssh-rsa', encrypted => pem('rsa', encrypted)],
  ['ECDSA as SEC1', 'ecdsa-sha2-nistp256', encrypted => pem('ec', encrypted)],
]

describe.each(kinds)('a key file: %s', (_kind, algorithm, make) => {
  it.each([false, true])('logs in, encrypted: %s', async encrypted => {
    const sessions: SshSession[] = []
    const to = await server({ onSession: session => void sessions.push(session) })
    const path = await file('key', make(encrypted))
    const identities = await collectKeys({ files: [path], ...(encrypted ? { passphrase: PASSPHRASE } : {}) })
    expect(identities.map(({ publicKey }) => publicKey.algorithm)).toEqual([algorithm])
    await client(to, { auth: { identities } })
    await vi.waitFor(() => expect(sessions[0]?.identity).toEqual(identities[0]?.publicKey))
  })

  it('is passed over with a wrong passphrase, and without one', async () => {
    const path = await file('key', make(true))
    expect(await collectKeys({ files: [path], passphrase: 'wrong' })).toEqual([])
    expect(await collectKeys({ files: [path] })).toEqual([])
  })
})
