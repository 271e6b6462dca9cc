import path from 'node:path'
import { userInfo } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { connectSsh, readIdentity, type SshSession } from '@logflow/ssh'
import { accessLog } from '../access-log.ts'
import { pairMakers, type DtailPair, type PairMaker } from '../dtail-pair.ts'
import { verify, type Candidate, type Verified } from '../measure.ts'
import { usageOf } from '../process-usage.ts'
import type { PreparedRow, RowGroup } from '../row.ts'
import type { Output } from '../sink.ts'

const IDLE_SESSIONS = 1000
const LOGINS_AT_ONCE = 20
const BUSY_CLIENTS = 4
/** What an allocation or a login left behind has been cleared away by then, or stays. */
const SETTLE_MS = 3000
const NOTHING: Output = { bytes: 0, sha256: '' }

/** What a load leaves to be measured: the time it took, and what of the server's memory counts. */
interface Loaded {
  readonly wallMs: number
  readonly memory: 'now' | 'peak'
  readonly output: Output
  /** Ends it, once the server was looked at. */
  readonly end?: () => Promise<unknown>
}

/** Memory of dserver, a fresh one for each run: without a client, with busy ones, with a thousand that ask nothing. */
export const dserverMemory: RowGroup = {
  name: 'dserver-memory',
  async prepare({ dir, peers, size, seed }) {
    const input = await accessLog(dir, { size, seed })
    const row = (name: string, what: string, load: (pair: DtailPair) => Promise<Loaded>): PreparedRow => ({
      name: `dserver ${name}`,
      what: `${what}; time and memory are the server's`,
      inputBytes: 0,
      sameOutput: true,
      candidates: pairMakers(peers).map(maker => candidateOf(maker, load)),
    })
    const rows = [
      row('idle', 'started, and nobody comes', () => Promise.resolve({ wallMs: 0, memory: 'now', output: NOTHING })),
      row('busy', `${BUSY_CLIENTS} clients that read ${input.bytes} bytes each at once, the peak`, pair =>
        readAtOnce(pair, input.path),
      ),
      row('with 1,000 idle sessions', 'logged in one after another, nothing asked', openIdleSessions),
    ]
    return { rows, close: async () => {} }
  },
}

function candidateOf({ name, kind, start }: PairMaker, load: (pair: DtailPair) => Promise<Loaded>): Candidate {
  const live = async (): Promise<Verified> => {
    const pair = await start({ maxConnections: 2 * IDLE_SESSIONS })
    try {
      const { wallMs, memory, output, end } = await load(pair)
      await wait(SETTLE_MS)
      const { cpuMs, rssBytes, peakRssBytes } = usageOf(pair.server.pid)
      await end?.()
      return { run: { wallMs, cpuMs, peakRssBytes: memory === 'now' ? rssBytes : peakRssBytes, code: 0 }, output }
    } finally {
      await pair.close()
    }
  }
  return { name: `${name} dserver`, kind, command: '', args: [], live }
}

async function readAtOnce(pair: DtailPair, file: string): Promise<Loaded> {
  const servers = ['--servers', `127.0.0.1:${pair.port}`, '--files', file]
  const started = performance.now()
  const outputs = await Promise.all(
    Array.from({ length: BUSY_CLIENTS }, () => verify(pair.client('dcat', ['--plain', ...servers]))),
  )
  const [first] = outputs as [Verified]
  const failed = outputs.find(({ run, output }) => run.code !== 0 || output.sha256 !== first.output.sha256)
  if (failed) throw new Error(`a client ended with ${failed.run.code}, ${failed.output.bytes} bytes`)
  return { wallMs: performance.now() - started, memory: 'peak', output: first.output }
}

async function openIdleSessions(pair: DtailPair): Promise<Loaded> {
  const identity = await readIdentity(path.join(pair.home, 'id_rsa'))
  const sessions: SshSession[] = []
  const connect = (): Promise<SshSession> =>
    connectSsh({
      host: '127.0.0.1',
      port: pair.port,
      user: userInfo().username,
      auth: { identities: [identity] },
      verifyHostKey: () => true,
      connectTimeoutMs: 20_000,
    })
  const started = performance.now()
  let left = IDLE_SESSIONS
  const open = async (): Promise<void> => {
    while (left-- > 0) sessions.push(await connect())
  }
  await Promise.all(Array.from({ length: LOGINS_AT_ONCE }, open))
  const wallMs = performance.now() - started
  const end = (): Promise<unknown> => {
    for (const session of sessions) session.abort()
    return Promise.all(sessions.map(({ closed }) => closed))
  }
  return { wallMs, memory: 'now', output: NOTHING, end }
}
