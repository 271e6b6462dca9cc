import { generateKeyPairSync } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '@logflow/core'
import { encodeCommandFrame } from '@logflow/protocol'
import { connectSsh, hostKeyFrom, openSshServer, type SshServer, type SshSession } from '@logflow/ssh'
import { tempDir, type Cleanup } from '@logflow/testkit'
import { defaultConfig, type ServerConfig } from '../src/config/dtail-config.ts'
import { DtailLog } from '../src/output/dtail-log.ts'
import { AuthKeyStore } from '../src/session/auth-key-store.ts'
import { createLogin } from '../src/session/login.ts'
import { createServerContext, type ServerContext } from '../src/session/server-context.ts'
import { serveSession } from '../src/session/serve-session.ts'

/** An RSA key as the originals write it, small enough to be quick. */
export function rsaKey(): string {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
  }).privateKey
}

/** No user has an account, so that rules alone decide. */
const NOBODY_KNOWN: ServerContext['accounts'] = { find: async () => undefined }

const hostKey = hostKeyFrom(rsaKey(), 'test')

/** A server in this process; users `paul` and `DTAIL-HEALTH` may come in. */
export interface Serving {
  readonly server: SshServer
  readonly context: ServerContext
  readonly folder: string
  /** A log file of the server. */
  file(name: string, text: string): Promise<string>
  /** A session of somebody who is let in with any password, but for the health check with its own. */
  session(user?: string): Promise<SshSession>
}

/** What a test puts in the place of the machine's. */
export type ServingParts = Partial<Pick<ServerContext, 'clock' | 'findJournalctl' | 'accounts' | 'readAcl'>> & {
  /** Stands between a session and whoever serves it, to fail there. */
  readonly spoil?: (session: SshSession) => SshSession
}

/** Starts one with parts of the configuration replaced. */
export async function serving(
  test: Cleanup,
  config: Partial<ServerConfig> = {},
  {
    clock = systemClock,
    findJournalctl = async () => undefined,
    accounts = NOBODY_KNOWN,
    readAcl,
    spoil = session => session,
  }: ServingParts = {},
): Promise<Serving> {
  const folder = await tempDir(test)
  const context = createServerContext({
    hostname: 'earth.example.org',
    config: { ...defaultConfig.Server, ReadGlobRetryIntervalMs: 10, ...config },
    log: new DtailLog({ level: 'all', now: () => new Date(2026, 10, 21, 3, 4, 5) }),
    clock,
    findJournalctl,
    accounts,
    readAcl,
    authKeys: new AuthKeyStore({ ttlSeconds: 60, maxPerUser: 2, clock: systemClock }),
  })
  const login = createLogin(context, { cacheDir: folder })
  const server = await openSshServer({
    host: '127.0.0.1',
    hostKeys: [hostKey],
    authenticate: attempt => (attempt.method === 'password' && attempt.user === 'paul' ? true : login(attempt)),
    onSession: session => serveSession(spoil(session), context),
  })
  test.onTestFinished(() => server.close())
  return {
    server,
    context,
    folder,
    async file(name, text) {
      await writeFile(join(folder, name), text)
      return join(folder, name)
    },
    async session(user = 'paul') {
      const session = await connectSsh({
        host: '127.0.0.1',
        port: server.port,
        user,
        auth: { password: user },
        verifyHostKey: () => true,
      })
      test.onTestFinished(async () => session.abort())
      return session
    },
  }
}

/** Sends commands and returns what comes until the server wants to close, as text with `¶` for the terminator. */
export async function converse(session: SshSession, ...commands: readonly string[]): Promise<string> {
  await session.write(Buffer.concat(commands.map(encodeCommandFrame)))
  const text = await readUntil(session, '.syn close connection¶')
  await session.write(encodeCommandFrame('.ack close connection'))
  for await (const chunk of session.input) void chunk
  await session.closed
  return text.replace(/^\.syn capabilities [^¶]*¶/, '').replace(/\.syn close connection¶$/, '')
}

/** What comes up to and including `end`, or all when the session ends first. */
export async function readUntil(session: SshSession, end: string): Promise<string> {
  let text = ''
  const input = session.input[Symbol.asyncIterator]()
  while (!text.includes(end)) {
    const next = await input.next()
    if (next.done === true) break
    text += Buffer.from(next.value).toString('latin1').replaceAll('\xac', '¶')
  }
  return text
}
