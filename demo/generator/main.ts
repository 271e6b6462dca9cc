#!/usr/bin/env node
/** Writes realistic logs, and a ledger of exactly what was written. */
import { runProgram, UsageError } from '@logflow/cli'
import manifest from '../package.json' with { type: 'json' }
import { flags } from './flags.ts'
import { Generator } from './generator.ts'

process.exitCode = await runProgram(
  {
    name: 'generator',
    version: manifest.version,
    summary: 'Writes the logs of a small web server at a steady pace, rotates them, and keeps an exact ledger.',
    usage: ['generator --dir DIR [options]'],
    flags,
    examples: [
      {
        run: 'generator --dir /tmp/logs --seed 7 --lines-per-second 500 --duration 10s',
        does: 'writes 5000 lines to access.log, app.log, syslog and stats.log, then /tmp/logs/ledger.json',
      },
    ],
  },
  async ({ options, logger, signal }) => {
    const { dir, duration } = options
    if (dir === undefined) throw new UsageError('--dir DIR is missing')
    const generator = new Generator({ ...options, dir })
    logger.info({ event: 'generator.started', dir, seed: options.seed })
    await generator.run({ signal, durationMs: duration === 0 ? Infinity : duration })
    logger.info({ event: 'generator.finished', lines: generator.lines })
  },
)
