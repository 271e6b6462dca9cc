import { readFile, stat } from 'node:fs/promises'
import { silentLogger, type Logger } from '@logflow/core'
import ssh2, { type ParsedKey } from 'ssh2'
import { SshError } from './errors.ts'
import { MAX_KEY_FILE_BYTES } from './limits.ts'
import { publicKeyOf, sameKey, type PublicKey } from './public-key.ts'

/** A key that can sign: out of a file, or held by an agent. */
export type SshIdentity = FileIdentity | AgentIdentity

/** A private key out of a file. */
export interface FileIdentity {
  readonly kind: 'file'
  readonly publicKey: PublicKey
  /** Secret. */
  readonly privateKey: string
  /** Secret. */
  readonly passphrase: string | undefined
  /** Path of the file. */
  readonly origin: string
}

/** A key that an ssh-agent holds; it signs, the private key stays there. */
export interface AgentIdentity {
  readonly kind: 'agent'
  readonly publicKey: PublicKey
  /** Path of the agent's socket. */
  readonly origin: string
}

/** Options of {@link collectKeys}: sources in the order in which they are offered. */
export interface CollectKeysOptions {
  /** Files before the agent; a missing one is passed over. */
  readonly files?: readonly string[]
  /** Socket of an ssh-agent, `SSH_AUTH_SOCK` as a rule. */
  readonly agentSocket?: string | undefined
  /** 0-based key of the agent; -1 takes all. @defaultValue -1 */
  readonly agentKeyIndex?: number
  /** Files after the agent. */
  readonly fallbackFiles?: readonly string[]
  /** Opens encrypted files; without it they are passed over. */
  readonly passphrase?: string | undefined
  readonly logger?: Logger
}

const AGENT_TIMEOUT_MS = 2000

/**
 * Everything that can sign for the person, without doubles. What cannot be used is passed over and said at `debug`.
 * Never throws; an empty list is the caller's to complain about.
 */
export async function collectKeys(options: CollectKeysOptions): Promise<readonly SshIdentity[]> {
  const { files = [], fallbackFiles = [], logger = silentLogger } = options
  const identities: SshIdentity[] = []
  const add = (identity: SshIdentity): void => {
    if (!identities.some(known => sameKey(known.publicKey, identity.publicKey))) identities.push(identity)
  }
  const addFile = async (path: string): Promise<void> => {
    try {
      add(await readIdentity(path, options.passphrase))
    } catch (err) {
      logger.debug({ event: 'key.skipped', path, err }, 'cannot use this key')
    }
  }
  for (const path of files) await addFile(path)
  if (options.agentSocket !== undefined && options.agentSocket !== '') {
    try {
      for (const identity of await agentIdentities(options.agentSocket, options.agentKeyIndex ?? -1)) add(identity)
    } catch (err) {
      logger.debug({ event: 'agent.skipped', path: options.agentSocket, err }, 'cannot use the ssh-agent')
    }
  }
  for (const path of fallbackFiles) await addFile(path)
  return identities
}

/** Reads a private key of any form that ssh2 reads. @throws SshError `LF_SSH_KEY` */
export async function readIdentity(path: string, passphrase?: string): Promise<FileIdentity> {
  let text: string
  try {
    const { size } = await stat(path)
    if (size > MAX_KEY_FILE_BYTES) throw new RangeError(`${size} bytes are no key`)
    text = await readFile(path, 'utf8')
  } catch (cause) {
    throw new SshError('LF_SSH_KEY', `cannot read key file ${path}`, { cause, detail: { path } })
  }
  const parsed = ssh2.utils.parseKey(text, passphrase)
  const publicKey = parsed instanceof Error ? undefined : publicKeyOf(Uint8Array.from(parsed.getPublicSSH()))
  if (parsed instanceof Error || publicKey === undefined || !parsed.isPrivateKey()) {
    const cause = parsed instanceof Error ? parsed : undefined
    throw new SshError('LF_SSH_KEY', `no usable private key in ${path}`, { cause, detail: { path } })
  }
  return { kind: 'file', publicKey, privateKey: text, passphrase, origin: path }
}

async function agentIdentities(socketPath: string, index: number): Promise<AgentIdentity[]> {
  const keys = await new Promise<readonly (ParsedKey | string | Buffer)[]>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer in ${AGENT_TIMEOUT_MS} ms`)), AGENT_TIMEOUT_MS)
    ssh2.createAgent(socketPath).getIdentities((error, found) => {
      clearTimeout(timer)
      if (error) reject(error)
      else resolve((found ?? []) as readonly (ParsedKey | string | Buffer)[])
    })
  })
  if (index >= keys.length) throw new RangeError(`key ${index} was asked for, the agent has ${keys.length}`)
  const chosen = index < 0 ? keys : keys.slice(index, index + 1)
  return chosen.flatMap(key => {
    const parsed = ssh2.utils.parseKey(key)
    const publicKey = parsed instanceof Error ? undefined : publicKeyOf(Uint8Array.from(parsed.getPublicSSH()))
    return publicKey ? [{ kind: 'agent' as const, publicKey, origin: socketPath }] : []
  })
}
