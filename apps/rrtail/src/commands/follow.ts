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
import { verbosity } from '../verbosity.ts'
import { chooseWay } from '../choose-way.ts'
import { DEFAULT_PORTS, type Way } from '../way.ts'

type RrtailRun = Run<typeof flags>

const EXIT_WITH_GAPS = 3

/** The remote file to stdout, and the place in it to the state file, until the program is stopped. */
export async function follow(run: RrtailRun): Promise<number> {
  const { options, operands, signal, logger, stdout } = run
  const origin = parseOrigin(operands[0] as string)
  const place = await openPlace(origin, run)
  const way = (place.way ??= options.via === 'auto' ? await chooseWay(origin, run) : options.via)
  const connection = await connectionTo(way, origin, run)
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
  const shown = stdout.isTerminal && !options.raw ? new TextDecoder() : undefined
  try {
    for await (const item of follower) {
      // A log must not steer the terminal of whoever looks at it.
      if (item.kind === 'bytes')
        await stdout.write(shown ? safeText(shown.decode(item.bytes, { stream: true })) : item.bytes)
      await report.add(item)
      await place.reached(item)
    }
  } finally {
    machine.close()
    // A reader that left did not take what came last: without a new place it comes again, which beats a loss.
    if (!stdout.closed) await place.save()
    await place.close()
  }
  return report.gaps > 0 ? EXIT_WITH_GAPS : 0
}

/** What ways are made of is loaded only for the one that is taken. */
async function connectionTo(way: Way, origin: Origin, { options, stderr }: RrtailRun): Promise<Connect> {
  const onCommand = (words: readonly string[]): void => {
    if (verbosity() >= 2) void stderr.write(`rrtail: ${safeText(words.join(' '))}\n`)
  }
  const onStderr = (text: string): void => {
    if (options.showSshErrors) void stderr.write(safeText(text))
  }
  switch (way) {
    case 'ssh': {
      const { sshConnection } = await import('../ssh-connection.ts')
      const { sshProgram: program, checkInterval: checkIntervalMs, silenceTimeout: silenceTimeoutMs } = options
      return sshConnection(origin, { ...options, program, checkIntervalMs, silenceTimeoutMs, onCommand, onStderr })
    }
    case 'tailsrv': {
      if (origin.user !== undefined) throw new UsageError('tailsrv knows no users: leave out the part before @')
      const { tailsrvConnection } = await import('../tailsrv-connection.ts')
      const { port = DEFAULT_PORTS.tailsrv, proofTimeout: proofTimeoutMs } = options
      return tailsrvConnection(origin, { port, proofTimeoutMs, onCommand })
    }
    case 'dtail': {
      const { dtailConnection } = await import('../dtail-connection.ts')
      const { port = DEFAULT_PORTS.dtail, identity } = options
      return dtailConnection(origin, { port, identity, onCommand, onMessage: onStderr })
    }
  }
}

function backoffOf({ options }: RrtailRun): Backoff {
  const initialMs = Math.max(1, options.initialRetryBackoff)
  const maxMs = Math.max(initialMs, options.maxRetryBackoff)
  return new Backoff({ initialMs, maxMs, multiplier: options.retryBackoffMultiplier, jitter: 0, random: Math.random })
}
