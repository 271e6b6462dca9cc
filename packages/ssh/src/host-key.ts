import { generateKeyPair } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { silentLogger, type Logger } from '@logflow/core'
import ssh2 from 'ssh2'
import { SshError } from './errors.ts'
import { publicKeyOf, type PublicKey } from './public-key.ts'

/** The key a server proves itself with. */
export interface HostKey {
  /** PEM or OpenSSH form, secret. */
  readonly privateKey: string
  readonly publicKey: PublicKey
  /** Whether it was made just now, so that no client can know it. */
  readonly generated: boolean
}

/** Options of {@link loadHostKey}. */
export interface LoadHostKeyOptions {
  /** Make an RSA key of so many bits when the file is missing; without it a missing file is an error. */
  readonly generateBits?: number
  readonly logger?: Logger
}

/**
 * Reads an unencrypted private key of any form that ssh2 reads (PKCS#1, SEC1, OpenSSH), or makes one: RSA as PKCS#1
 * PEM, mode 0600, its folder made when missing. A key that cannot be stored is used for this run, with a warning.
 *
 * @throws SshError `LF_SSH_HOST_KEY` when the file is unreadable or holds no private key
 */
export async function loadHostKey(path: string, options: LoadHostKeyOptions = {}): Promise<HostKey> {
  const { generateBits, logger = silentLogger } = options
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT' && generateBits !== undefined)
      return generateHostKey(path, generateBits, logger)
    throw new SshError('LF_SSH_HOST_KEY', `cannot read host key ${path}`, { cause, detail: { path } })
  }
  return hostKeyFrom(text, path)
}

/** The host key in `text`, which came from `origin`. @throws SshError `LF_SSH_HOST_KEY` when it holds no private key */
export function hostKeyFrom(text: string, origin: string): HostKey {
  const parsed = ssh2.utils.parseKey(text)
  const key = parsed instanceof Error ? parsed : publicKeyOf(Uint8Array.from(parsed.getPublicSSH()))
  if (parsed instanceof Error || !parsed.isPrivateKey() || key === undefined || key instanceof Error) {
    const cause = parsed instanceof Error ? parsed : undefined
    throw new SshError('LF_SSH_HOST_KEY', `no usable private key in ${origin}`, { cause, detail: { path: origin } })
  }
  return { privateKey: text, publicKey: key, generated: false }
}

async function generateHostKey(path: string, modulusLength: number, logger: Logger): Promise<HostKey> {
  logger.info({ event: 'host-key.generated', path, bits: modulusLength }, 'generating a host key, this takes seconds')
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
  })
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await writeFile(path, privateKey, { mode: 0o600, flag: 'wx' })
  } catch (err) {
    logger.error({ event: 'host-key.store-failed', path, err }, 'cannot store the host key, it changes at every start')
  }
  return { ...hostKeyFrom(privateKey, path), generated: true }
}
