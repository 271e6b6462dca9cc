import { readFileSync } from 'node:fs'
import type { Logger } from '@logflow/core'

/** Files, the addon, listeners, Node itself. */
const SPARE = 100

/** Each client has one descriptor: more clients than the system allows descriptors would be closed without a reason. */
export function warnAboutDescriptors(maxClients: number, logger: Logger): void {
  const limit = descriptorLimit()
  if (maxClients + SPARE <= limit) return
  logger.warn(
    { event: 'descriptors.few', limit, maxClients },
    `only ${limit} descriptors: about ${Math.max(0, limit - SPARE)} clients at a time (ulimit -n, LimitNOFILE=)`,
  )
}

/** Infinity where the system does not tell. Node has raised the soft limit to the hard one when it started. */
function descriptorLimit(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'latin1')
    return Number(/^Max open files +(\d+)/m.exec(limits)?.[1] ?? Infinity)
  } catch {
    return Infinity
  }
}
