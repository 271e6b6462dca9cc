import { UsageError, type Output } from '@logflow/cli'
import { CLOSE_ACKNOWLEDGE, CLOSE_REQUEST, encodeCommandFrame, HEALTH_USER, readHealth } from '@logflow/protocol'
import { connectSsh } from '@logflow/ssh'
import { parseServer } from '../client/server-list.ts'
import { parseLevel, parseLogger } from '../output/dtail-log.ts'

/** What dtailhealth runs with. */
export interface HealthRun {
  readonly options: { readonly server: string; readonly level: string; readonly loggerName: string }
  readonly signal: AbortSignal
  readonly stdout: Output
}

/** How long a server may take for all of it; the original has no limit. */
const HEALTH_TIMEOUT_MS = 10_000
const DEFAULT_PORT = 2222

/** dtailhealth: one line and an exit code, as monitoring systems want them: 0 fine, 1 warning, 2 critical. */
export async function checkHealth({ options, signal, stdout }: HealthRun): Promise<number> {
  parseLevel(options.level)
  parseLogger(options.loggerName)
  if (options.server === '') {
    const hint = 'please specify a remote server via --server hostname:port'
    await stdout.write(`WARNING: All seems fine but the check only run in serverless mode, ${hint}\n`)
    return 1
  }
  const healthy = await isHealthy(options.server, AbortSignal.any([signal, AbortSignal.timeout(HEALTH_TIMEOUT_MS)]))
  if (healthy) await stdout.write(`OK: All fine at ${options.server} :-)\n`)
  else await stdout.write(`CRITICAL: DTail server not operating properly at ${options.server}!\n`)
  return healthy ? 0 : 2
}

async function isHealthy(name: string, signal: AbortSignal): Promise<boolean> {
  const { host, port } = parseServer(name, DEFAULT_PORT)
  try {
    // A check tells nothing and trusts nothing: whose key it is does not matter.
    const verifyHostKey = (): boolean => true
    const auth = { password: HEALTH_USER }
    const session = await connectSsh({ host, port, user: HEALTH_USER, auth, verifyHostKey, signal })
    signal.addEventListener('abort', () => session.abort(), { once: true })
    await session.write(encodeCommandFrame('health'))
    let received = Buffer.alloc(0)
    for await (const chunk of session.input) {
      received = Buffer.concat([received, chunk])
      if (received.length > 64 * 1024) break
      if (received.includes(CLOSE_REQUEST)) {
        await session.write(encodeCommandFrame(CLOSE_ACKNOWLEDGE))
        break
      }
    }
    await session.close()
    return readHealth(received)
  } catch (error) {
    if (error instanceof UsageError) throw error
    return false
  }
}
