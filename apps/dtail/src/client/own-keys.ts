import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { UsageError } from '@logflow/cli'
import { collectKeys, type SshIdentity } from '@logflow/ssh'
import { expandHome } from '../config/load-config.ts'
import { testMode } from '../config/test-mode.ts'
import type { DtailLog } from '../output/dtail-log.ts'

/** Options of {@link ownKeys}. */
export interface OwnKeysOptions {
  /** `-auth-key-path`, its environment variable or `-key`. */
  readonly given: string | undefined
  /** `Client.AuthKeyPath`. */
  readonly configured: string
  readonly agentKeyIndex: number
  readonly log: DtailLog
}

/** What the person logs in with. */
export interface OwnKeys {
  readonly identities: readonly SshIdentity[]
  /** Base64 of the public key beside the chosen private key, for AUTHKEY; missing when there is none. */
  readonly authKey: string | undefined
}

/** Collects keys in the order of the original: the chosen file, the agent, the usual files. @throws UsageError when there is none */
export async function ownKeys({ given, configured, agentKeyIndex, log }: OwnKeysOptions): Promise<OwnKeys> {
  const { DTAIL_SSH_PRIVATE_KEYFILE_PATH, SSH_AUTH_SOCK, DTAIL_KEY_PASSPHRASE } = process.env
  const path = expandHome(given || DTAIL_SSH_PRIVATE_KEYFILE_PATH || configured)
  const usual = ['id_rsa', 'id_dsa', 'id_ecdsa', 'id_ed25519'].map(name => join(homedir(), '.ssh', name))
  const identities = await collectKeys({
    files: [path],
    agentSocket: SSH_AUTH_SOCK,
    agentKeyIndex,
    fallbackFiles: testMode() ? ['./id_rsa', ...usual] : usual,
    passphrase: DTAIL_KEY_PASSPHRASE,
    logger: log.asLogger(),
  })
  if (identities.length === 0)
    throw new UsageError(
      `Unable to find private SSH key information: no usable key in ${path}, the ssh-agent or ~/.ssh`,
    )
  return { identities, authKey: await publicKeyBeside(path, log) }
}

async function publicKeyBeside(path: string, log: DtailLog): Promise<string | undefined> {
  try {
    const text = await readFile(`${path}.pub`, 'utf8')
    const line = text.split('\n').find(candidate => candidate.trim() !== '' && !candidate.startsWith('#'))
    const base64 = line?.trim().split(/\s+/)[1]
    return base64 !== undefined && /^[A-Za-z0-9+/]+={0,2}$/.test(base64) ? base64 : undefined
  } catch {
    log.debug('No public key to register', `${path}.pub`)
    return undefined
  }
}
