import { runProgram } from '@logflow/cli'
import { clientExitCodes, clientFlags, clientOperands } from './flags/client-flags.ts'
import { queryFlags } from './flags/query-flags.ts'
import { version, versionText } from './flags/version-text.ts'

process.exitCode = await runProgram(
  {
    name: 'dmap',
    version,
    versionText,
    summary: 'Aggregates files of many servers with a query.',
    usage: ['dmap -query QUERY [options] FILE...', 'dmap -servers LIST -query QUERY [options] FILE...'],
    flags: { ...clientFlags, ...queryFlags },
    syntax: 'go',
    operands: clientOperands,
    examples: [
      {
        run: "dmap -servers web1,web2 -files /var/log/dserver.log -query 'from STATS select max(currentConnections) group by $hostname'",
        does: 'shows the busiest moment of each server',
      },
    ],
    exitCodes: clientExitCodes,
  },
  async run => (await import('./commands/ask.ts')).ask('dmap', run),
)
