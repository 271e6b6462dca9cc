import { runProgram } from '@logflow/cli'
import { clientExitCodes, clientFlags, clientOperands } from './flags/client-flags.ts'
import { patternFlags } from './flags/pattern-flags.ts'
import { queryFlags } from './flags/query-flags.ts'
import { tailFlags } from './flags/tail-flags.ts'
import { version, versionText } from './flags/version-text.ts'

process.exitCode = await runProgram(
  {
    name: 'dtail',
    version,
    versionText,
    summary: 'Follows files of many servers.',
    usage: ['dtail [options] FILE...', 'dtail -servers LIST [options] FILE...'],
    flags: { ...clientFlags, ...patternFlags, ...queryFlags, ...tailFlags },
    syntax: 'go',
    operands: clientOperands,
    examples: [
      { run: "dtail -servers web1,web2 -grep ERROR -files '/var/log/*.log'", does: 'follows on both servers' },
      {
        run: "dtail -servers servers.txt -files a.log -query 'from STATS select count($line)'",
        does: 'counts as it goes',
      },
    ],
    exitCodes: clientExitCodes,
  },
  async run => {
    const { options, stdout } = run
    if (options.checkHealth) {
      const moved = 'DTail health check has moved to separate binary dtailhealth'
      await stdout.write(`WARN: ${moved} - please adjust the monitoring scripts!\n`)
      return 1
    }
    if ((options.colorTable || options.wideColorTable) && !options.plain) {
      const { colorTable } = await import('./output/color-table.ts')
      await stdout.write(colorTable(options.wideColorTable))
      return 0
    }
    return (await import('./commands/ask.ts')).ask('dtail', run)
  },
)
