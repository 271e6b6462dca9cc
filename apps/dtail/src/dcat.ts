import { runProgram } from '@logflow/cli'
import { clientExitCodes, clientFlags, clientOperands } from './flags/client-flags.ts'
import { version, versionText } from './flags/version-text.ts'

process.exitCode = await runProgram(
  {
    name: 'dcat',
    version,
    versionText,
    summary: 'Shows whole files of many servers.',
    usage: ['dcat [options] FILE...', 'dcat -servers LIST [options] FILE...'],
    flags: clientFlags,
    syntax: 'go',
    operands: clientOperands,
    examples: [{ run: 'dcat -servers web1,web2 -files /var/log/app.log', does: 'shows the file of both servers' }],
    exitCodes: clientExitCodes,
  },
  async run => (await import('./commands/ask.ts')).ask('dcat', run),
)
