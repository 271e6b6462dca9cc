import { systemClock } from '@logflow/core'
import { Backoff } from '@logflow/ratelimit'
import { LogflowError } from '@logflow/core'
import { errorText } from '../output/dtail-log.ts'
import { askServer, type Asking } from './ask-server.ts'
import type { ServerAddress } from './server-list.ts'

/** Whether every server answered to its end. */
export interface AskedServers {
  readonly failed: readonly ServerAddress[]
}

const RECONNECT_FIRST_MS = 2000
const RECONNECT_MAX_MS = 60_000

/**
 * Asks all servers at one time. A server that fails is named in the log with the reason. With `reconnect` it is asked
 * again and again, unless asking again cannot help (refused key, refused host), until the signal aborts.
 */
export async function askServers(
  servers: readonly ServerAddress[],
  asking: Asking,
  { reconnect }: { readonly reconnect: boolean },
): Promise<AskedServers> {
  const failed: ServerAddress[] = []
  await Promise.all(
    servers.map(async server => {
      const answered = reconnect ? await askForEver(server, asking) : await askOnce(server, asking)
      if (!answered) failed.push(server)
    }),
  )
  return { failed }
}

async function askOnce(server: ServerAddress, asking: Asking): Promise<boolean> {
  try {
    await askServer(server, asking)
    return true
  } catch (error) {
    if (asking.signal.aborted) return true
    asking.log.error(server.name, errorText(error))
    return false
  }
}

async function askForEver(server: ServerAddress, asking: Asking): Promise<boolean> {
  const { log, signal } = asking
  const backoff = new Backoff({
    initialMs: RECONNECT_FIRST_MS,
    maxMs: RECONNECT_MAX_MS,
    jitter: 0.2,
    random: Math.random,
  })
  let lost = false
  const onAsked = (): void => {
    backoff.reset()
    if (lost) log.warn(server.name, 'Connected again; what was written meanwhile is not shown')
    lost = true
  }
  for (;;) {
    let reason = 'the server ended the session'
    try {
      await askServer(server, { ...asking, onAsked })
    } catch (error) {
      if (signal.aborted) return true
      if (LogflowError.is(error) && !error.retryable) {
        log.error(server.name, errorText(error))
        return false
      }
      reason = errorText(error)
    }
    if (signal.aborted) return true
    const waitMs = backoff.nextMs()
    log.warn(server.name, reason, `Reconnecting in ${(waitMs / 1000).toFixed(1)} s`)
    try {
      await systemClock.sleep(waitMs, { signal })
    } catch {
      return true // told to stop while waiting
    }
  }
}
