import { safeText, UsageError, type Run } from '@logflow/cli'
import { systemClock } from '@logflow/core'
import { Backoff } from '@logflow/ratelimit'
import type { flags } from '../flags.ts'
import { formatOrigin, parseOrigin, type Origin } from '../origin.ts'
import { Position } from '../position.ts'
import { ProgressMarks } from '../progress-marks.ts'
import { remoteFollow, type RemoteItem } from '../remote-follow.ts'
import type { Connect } from '../remote-part.ts'
import { sshConnection } from '../ssh-connection.ts'
import { StateFile } from '../state-file.ts'
import { tailsrvConnection } from '../tailsrv-connection.ts'
import { verbosity } from '../verbosity.ts'

type RrtailRun = Run<typeof flags>

const EXIT_WITH_GAPS = 3
const TAILSRV_PORT = 4321

/** The remote file to stdout, and the place in it to the state file, until the program is stopped. */
export async function follow(run: RrtailRun): Promise<number> {
  const { options, operands, signal, logger, stdout } = run
  const origin = parseOrigin(operands[0] as string)
  const state =
    options.state === undefined ? undefined : new StateFile(options.state, stateKey(origin, run), systemClock)
  const position = (await state?.load()) ?? new Position(options.startingByte)
  const follower = remoteFollow(connectionTo(origin, run), {
    position,
    backoff: backoffOf(run),
    maxRetries: options.maxRetries,
    signal,
    clock: systemClock,
    logger,
  })
  const report = new Report(run)
  try {
    for await (const item of follower) {
      if (item.kind === 'bytes') await stdout.write(item.bytes)
      await report.add(item)
      await state?.saveSometimes(position)
    }
  } finally {
    // A reader that left did not take what came last: without a new place it comes again, which beats a loss.
    if (!stdout.closed) await state?.save(position)
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

/** A place belongs to one file reached in one way. */
function stateKey(origin: Origin, { options }: RrtailRun): string {
  return `${options.via} ${options.port ?? ''} ${formatOrigin(origin)}`
}

/** What a person sees on stderr: gaps always, marks and data when asked for. */
class Report {
  readonly #run: RrtailRun
  readonly #marks = new ProgressMarks()
  readonly #verbosity = verbosity()
  #gaps = 0

  constructor(run: RrtailRun) {
    this.#run = run
  }

  get gaps(): number {
    return this.#gaps
  }

  async add(item: RemoteItem): Promise<void> {
    const { stderr, logger } = this.#run
    switch (item.kind) {
      case 'bytes': {
        const marks = this.#verbosity >= 1 ? this.#marks.advance(item.bytes.length) : ''
        if (marks !== '') await stderr.write(marks)
        if (this.#verbosity >= 2) await stderr.write(safeText(item.bytes))
        break
      }
      case 'rotated':
        logger.info({ event: 'file.rotated', oldSize: item.oldSize })
        break
      case 'gap': {
        this.#gaps++
        const now = item.size === undefined ? '' : ` of ${item.size} bytes`
        await stderr.write(
          `rrtail: gap: the file was replaced or cut after byte ${item.from} and the rest of it was not found; ` +
            `bytes from ${item.from} on are lost, the file${now} that has its name now follows from byte 0\n`,
        )
      }
    }
  }
}
