import { UsageError, type OptionValues } from '@logflow/cli'
import { systemClock, type Clock, type Logger } from '@logflow/core'
import { startConsoleServer } from '../console-server.ts'
import { encodeEvent } from '../event-stream.ts'
import type { flags } from '../flags.ts'
import { followGrinder } from '../grinder-feed.ts'
import { HealthMonitor, type Target } from '../health-monitor.ts'
import { LiveHub } from '../live-hub.ts'
import { LivePipe } from '../live-pipe.ts'

/** A running console. */
export interface OpenConsole extends AsyncDisposable {
  readonly port: number
  readonly url: string
  /** Resolves when the signal has stopped everything but the server. */
  readonly stopped: Promise<void>
}

/** Grinder and watched programs on one side, pages on the other. @throws UsageError when an option makes no sense */
export async function openConsole(
  options: OptionValues<typeof flags>,
  { logger, signal, clock = systemClock }: { logger: Logger; signal: AbortSignal; clock?: Clock },
): Promise<OpenConsole> {
  const targets = options.watch.map(parseTarget)
  const grinderUrl = options.grinder === undefined ? undefined : parseUrl('--grinder', options.grinder)
  const hub = new LiveHub({ maxClients: options.maxClients, clientBufferBytes: options.clientBuffer })
  const pipe = new LivePipe({ hub, clock, grinder: grinderUrl?.href })
  const monitor = new HealthMonitor({
    targets,
    intervalMs: options.interval,
    clock,
    onRound: health => hub.broadcast('health', JSON.stringify({ targets: health })),
  })
  const server = await startConsoleServer({
    port: options.port,
    host: options.bindAddress,
    allowHosts: options.allowHost,
    hub,
    greeting: () => pipe.greeting() + encodeEvent('health', JSON.stringify({ targets: monitor.health })),
    health: () => monitor.health,
    stats: () => ({ ...hub.stats(), ...pipe.stats(), targetsDown: countDown(monitor) }),
  })
  const running = [monitor.run(signal), pipe.tick(signal)]
  if (grinderUrl) running.push(pipe.run(followGrinder(grinderUrl, { signal, logger, clock })))
  const host = options.bindAddress.includes(':') ? `[${options.bindAddress}]` : options.bindAddress
  return {
    port: server.port,
    url: `http://${host}:${server.port}/`,
    stopped: Promise.all(running).then(() => undefined),
    [Symbol.asyncDispose]: () => server.close(),
  }
}

function countDown(monitor: HealthMonitor): number {
  return monitor.health.filter(({ state }) => state === 'down').length
}

/** `receiver=http://127.0.0.1:4361` */
function parseTarget(text: string): Target {
  const equals = text.indexOf('=')
  const name = text.slice(0, equals)
  if (equals < 1) throw new UsageError(`--watch ${text}: write NAME=URL`)
  return { name, url: parseUrl(`--watch ${name}`, text.slice(equals + 1)) }
}

function parseUrl(what: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && /^https?:$/.test(url.protocol)) return url
  throw new UsageError(`${what}: ${JSON.stringify(text)} is not a http or https URL`)
}
