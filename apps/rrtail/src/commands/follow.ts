import { safeText, UsageError, type Run } from '@logflow/cli'
import { systemClock } from '@logflow/core'
import { Backoff } from '@logflow/ratelimit'
import type { flags } from '../flags.ts'
import { MachineWatch } from '../machine-watch.ts'
import { parseOrigin, type Origin } from '../origin.ts'
import { openPlace } from '../place.ts'
import { remoteFollow } from '../remote-follow.ts'
import type { Connect } from '../remote-part.ts'
import { Report } from '../report.ts'
import { sshConnection } from '../ssh-connection.ts'
import { tailsrvConnection } from '../tailsrv-connection.ts'
import { verbosity } from '../verbosity.ts'

type RrtailRun = Run<typeof flags>

const EXIT_WITH_GAPS = 3
const TAILSRV_PORT = 4321

/** The remote file to stdout, and the place in it to the state file, until the program is stopped. */
export async function follow(run: RrtailRun): Promise<number> {
  const { options, operands, signal, logger, stdout } = run
  const origin = parseOrigin(operands[0] as string)
  const place = await openPlace(origin, run)
  const connection = connectionTo(origin, run)
  const machine = new MachineWatch({ clock: systemClock })
  const follower = remoteFollow(connection, {
    position: place.position,
    backoff: backoffOf(run),
    maxRetries: options.maxRetries,
    signal,
    clock: systemClock,
    logger,
    machine,
  })
  const report = new Report(run)
  try {
    for await (const item of follower) {
      if (item.kind === 'bytes') await stdout.write(item.bytes)
      await report.add(item)
      await place.reached(item)
    }
  } finally {
    machine.close()
    // A reader that left did not take what came last: without a new place it comes again, which beats a loss.
    if (!stdout.closed) await place.save()
  }
  return report.gaps > 0 ? EXIT_WITH_GAPS : 0
}

function connectionTo(origin: Origin, { options, stderr }: RrtailRun): Connect {
  const onCommand = (words: readonly string[]): void => {
    if (verbosity() >= 2) void stderr.write(`rrtail: ${safeText(words.join(' '))}\n`)
  }
  switch (options.via) {
    case 'ssh':
      return sshConnection(origin, {
        ...options,
        program: options.sshProgram,
        checkIntervalMs: options.checkInterval,
        onCommand,
        onStderr: text => void (options.showSshErrors ? stderr.write(safeText(text)) : undefined),
      })
    case 'tailsrv':
      if (origin.user !== undefined) throw new UsageError('tailsrv knows no users: leave out the part before @')
      return tailsrvConnection(origin, {
        port: options.port ?? TAILSRV_PORT,
        proofTimeoutMs: options.proofTimeout,
        onCommand,
      })
    case 'dtail':
      throw new UsageError('--via dtail is not there yet; use ssh or tailsrv')
  }
}

function backoffOf({ options }: RrtailRun): Backoff {
  const initialMs = Math.max(1, options.initialRetryBackoff)
  const maxMs = Math.max(initialMs, options.maxRetryBackoff)
  return new Backoff({ initialMs, maxMs, multiplier: options.retryBackoffMultiplier, jitter: 0, random: Math.random })
}
