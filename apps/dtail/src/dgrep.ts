import { runProgram } from '@logflow/cli'
import { clientExitCodes, clientFlags, clientOperands } from './flags/client-flags.ts'
import { patternFlags } from './flags/pattern-flags.ts'
import { version, versionText } from './flags/version-text.ts'

process.exitCode = await runProgram(
  {
    name: 'dgrep',
    version,
    versionText,
    summary: 'Searches files of many servers.',
    usage: ['dgrep -grep PATTERN [options] FILE...', 'dgrep -servers LIST -grep PATTERN [options] FILE...'],
    flags: { ...clientFlags, ...patternFlags },
    syntax: 'go',
    operands: clientOperands,
    examples: [
      { run: "dgrep -servers web1,web2 -grep 'ERROR|FATAL' -files '/var/log/*.log'", does: 'searches on both servers' },
      { run: 'dgrep -plain -grep ERROR -before 2 -after 5 app.log', does: 'searches here, with context' },
    ],
    exitCodes: clientExitCodes,
  },
  async run => (await import('./commands/ask.ts')).ask('dgrep', run),
)
