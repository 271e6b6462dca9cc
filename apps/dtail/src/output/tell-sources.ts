import type { AskedSource } from '../client/ask-servers.ts'
import type { DtailLog } from './dtail-log.ts'

/** Complete sources that are named one by one; more are counted. */
const MAX_NAMED = 20

/**
 * Says of every source whether it came whole: `complete`, or how many bytes are missing. Returns whether any is. A
 * quiet session hears of what is missing only.
 */
export function tellSources(
  sources: readonly AskedSource[],
  { log, quiet }: { readonly log: DtailLog; readonly quiet: boolean },
): boolean {
  const complete = sources.filter(({ account }) => account.gapBytes === 0 && account.state !== 'failed')
  if (!quiet && complete.length > MAX_NAMED) log.info(`${complete.length} sources`, 'complete')
  else if (!quiet) for (const { server, account } of complete) log.info(server.name, account.source.path, 'complete')
  let missing = false
  for (const { server, account } of sources) {
    if (account.gapBytes === 0 && account.state !== 'failed') continue
    missing = true
    const what = account.gapBytes > 0 ? `gap ${account.gapBytes} bytes` : 'could not be read to its end'
    log.warn(server.name, account.source.path, what)
  }
  return missing
}
