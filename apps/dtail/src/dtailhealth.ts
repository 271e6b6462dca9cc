import { runProgram } from '@logflow/cli'
import { healthFlags } from './flags/health-flags.ts'
import { version, versionText } from './flags/version-text.ts'

process.exitCode = await runProgram(
  {
    name: 'dtailhealth',
    version,
    versionText,
    summary: 'Checks whether a DTail server answers.',
    usage: ['dtailhealth -server HOST:PORT'],
    flags: healthFlags,
    syntax: 'go',
    examples: [{ run: 'dtailhealth -server web1:2222', does: 'says OK and ends with 0 when the server is well' }],
    exitCodes: { 0: 'fine', 1: 'nothing was checked', 2: 'critical' },
  },
  async run => (await import('./commands/check-health.ts')).checkHealth(run),
)
