#!/usr/bin/env node
/** narrate: the stored lines of some devices and some time, as one story in order of time. */
import { requiredOptions } from '@logflow/cli'
import manifest from '../package.json' with { type: 'json' }
import { grepExitCodes, runLikeGrep } from './grep-exit.ts'
import { narrateFlags } from './narrate-flags.ts'

process.exitCode = await runLikeGrep(
  {
    name: 'narrate',
    version: manifest.version,
    summary: 'Tells the lines in a store as one story: some devices, some time, in order across devices.',
    usage: ['narrate --store DIR [options]'],
    flags: narrateFlags,
    examples: [
      {
        run: 'narrate --store /var/lib/logflow/store --since 10m --grep "ERROR|segfault"',
        does: 'shows what went wrong on any device in the last ten minutes',
      },
      {
        run: 'narrate --store ./store --device box-7 --since 2026-11-21T04:00Z --until 2026-11-21T04:05Z --json',
        does: 'gives five minutes of one device as JSON lines',
      },
    ],
    exitCodes: grepExitCodes,
  },
  async ({ options, logger, signal, stdout }) => {
    const required = requiredOptions(options, ['store'])
    const { runNarrate } = await import('./commands/run-narrate.ts')
    return runNarrate({ ...options, ...required }, { logger, signal, stdout })
  },
)
