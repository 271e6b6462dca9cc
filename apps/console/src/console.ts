#!/usr/bin/env node
/** console: a web page with live lines, events per second and the health of the pipeline. */
import { runProgram } from '@logflow/cli'
import manifest from '../package.json' with { type: 'json' }
import { flags } from './flags.ts'

process.exitCode = await runProgram(
  {
    name: 'console',
    version: manifest.version,
    summary: 'Serves a web page with live lines, events per second and the health of the pipeline.',
    usage: ['console [options]'],
    flags,
    examples: [
      {
        run: 'console --grinder http://127.0.0.1:4370 --watch receiver=http://127.0.0.1:4361',
        does: 'shows what the grinder sees, and whether the receiver is up, on http://127.0.0.1:4380/',
      },
    ],
  },
  async ({ options, logger, signal }) => {
    const { openConsole } = await import('./commands/open-console.ts')
    await using page = await openConsole(options, { logger, signal })
    logger.info({ event: 'server.listening', port: page.port, address: options.bindAddress, url: page.url })
    await page.stopped
  },
)
