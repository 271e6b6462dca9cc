import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ssh2 from 'ssh2'
import { onTestFinished } from 'vitest'
import {
  connectSsh,
  hostKeyFrom,
  openSshServer,
  publicKeyOf,
  type ConnectSshOptions,
  type FileIdentity,
  type SshServer,
  type SshServerOptions,
  type SshSession,
} from '../src/index.ts'

/** A fresh key pair as an identity. */
export function identity(type: 'ed25519' | 'ecdsa' | 'rsa' = 'ed25519'): FileIdentity {
  const { private: privateKey, public: line } =
    type === 'rsa'
      ? ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 })
      : type === 'ecdsa'
        ? ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 })
        : ssh2.utils.generateKeyPairSync('ed25519')
  // The generator of ssh2 1.17 cuts leading zeros off an Ed25519 key, which spoils one in 256.
  if (ssh2.utils.parseKey(privateKey) instanceof Error) return identity(type)
  const publicKey = publicKeyOf(Uint8Array.from(Buffer.from(line.split(' ')[1] as string, 'base64')))
  if (!publicKey) throw new Error('no key')
  return { kind: 'file', privateKey, publicKey, passphrase: undefined, origin: 'test' }
}

export const hostIdentity = identity()
export const userIdentity = identity()

/** A folder that is gone after the test. */
export async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'logflow-ssh-'))
  onTestFinished(() => rm(path, { recursive: true }))
  return path
}

/** A file below a fresh folder. */
export async function file(name: string, text: string): Promise<string> {
  const path = join(await folder(), name)
  await writeFile(path, text)
  return path
}

/** A server on a free port that lets everybody in, unless told otherwise. */
export async function server(options: Partial<SshServerOptions> = {}): Promise<SshServer> {
  const opened = await openSshServer({
    host: '127.0.0.1',
    hostKeys: [hostKeyFrom(hostIdentity.privateKey, 'test')],
    authenticate: () => true,
    onSession: echo,
    ...options,
  })
  onTestFinished(() => opened.close())
  return opened
}

/** A client of `server` with the user's key. */
export async function client(to: SshServer, options: Partial<ConnectSshOptions> = {}): Promise<SshSession> {
  const session = await connectSsh({
    host: '127.0.0.1',
    port: to.port,
    user: 'paul',
    auth: { identities: [userIdentity] },
    verifyHostKey: () => true,
    ...options,
  })
  onTestFinished(() => session.abort())
  return session
}

/** A client that can do what ours cannot: anything. */
export async function rawClient(to: SshServer): Promise<ssh2.Client> {
  const raw = new ssh2.Client()
  onTestFinished(() => void raw.destroy())
  raw.on('error', () => {})
  const ready = new Promise<void>(resolve => raw.once('ready', () => resolve()))
  raw.connect({ host: '127.0.0.1', port: to.port, username: 'paul', privateKey: userIdentity.privateKey })
  await ready
  return raw
}

/** Sends back what comes, then closes. */
export async function echo(session: SshSession): Promise<void> {
  for await (const chunk of session.input) await session.write(chunk)
  await session.close()
}

/** Everything the other side sends. */
export async function readAll(session: SshSession): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of session.input) chunks.push(chunk)
  return Buffer.concat(chunks)
}
