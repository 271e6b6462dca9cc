#!/usr/bin/env node
/** grinder: stored lines to events and series, and an API to look at them. */
import { requiredOptions } from '@logflow/cli'
import manifest from '../package.json' with { type: 'json' }
import { flags } from './flags.ts'
import { grepExitCodes, runLikeGrep } from './grep-exit.ts'

process.exitCode = await runLikeGrep(
  {
    name: 'grinder',
    version: manifest.version,
    summary: 'Turns the lines in a store into events and series, and serves them.',
    usage: ['grinder --store DIR --state DIR [options]'],
    flags,
    examples: [
      {
        run: 'grinder --store /var/lib/logflow/store --state /var/lib/logflow/grinder',
        does: 'follows the store and serves http://127.0.0.1:4370/api/live, /api/events, /api/series, /api/sources',
      },
      {
        run: 'grinder --store ./store --state ./ground --rules rules.json --once',
        does: 'grinds what is there with your own rules and exits with 0 when they found something',
      },
    ],
    exitCodes: { ...grepExitCodes, 0: 'stopped, or with --once: events were found' },
  },
  async ({ options, logger, signal }) => {
    const required = requiredOptions(options, ['store', 'state'])
    const { runGrinder } = await import('./commands/run-grinder.ts')
    return runGrinder({ ...options, ...required }, { logger, signal })
  },
)
