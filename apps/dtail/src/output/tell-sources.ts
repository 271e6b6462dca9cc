import type { AskedSource, FailedServer } from '../client/ask-servers.ts'
import type { DtailLog } from './dtail-log.ts'

/** Complete sources that are named one by one; more are counted. */
const MAX_NAMED = 20

/** How {@link tellSources} says it. */
export interface TellSourcesOptions {
  readonly log: DtailLog
  readonly quiet: boolean
  /** Servers whose sources may have broken off. */
  readonly failed?: readonly FailedServer[]
}

/**
 * Says of every source whether it came whole: `complete`, or how many bytes are missing. Returns whether any is. A
 * quiet session hears of what is missing only.
 */
export function tellSources(sources: readonly AskedSource[], { log, quiet, failed = [] }: TellSourcesOptions): boolean {
  const broken = new Set(failed.map(({ server }) => server))
  const brokeOff = ({ server, account }: AskedSource): boolean => account.state === 'open' && broken.has(server)
  const whole = (source: AskedSource): boolean =>
    source.account.gapBytes === 0 && source.account.state !== 'failed' && !brokeOff(source)
  const complete = sources.filter(whole)
  if (!quiet && complete.length > MAX_NAMED) log.info(`${complete.length} sources`, 'complete')
  else if (!quiet) for (const { server, account } of complete) log.info(server.name, account.source.path, 'complete')
  let missing = false
  for (const source of sources) {
    if (whole(source)) continue
    missing = true
    const { server, account } = source
    const gap = account.gapBytes > 0 ? [`gap ${account.gapBytes} bytes`] : []
    const stopped = brokeOff(source)
      ? [`broke off at byte ${account.offset}`]
      : gap.length === 0
        ? ['could not be read to its end']
        : []
    log.warn(server.name, account.source.path, ...gap, ...stopped)
  }
  return missing
}
