import { runProgram } from '@logflow/cli'
import manifest from '../package.json' with { type: 'json' }
import { flags } from './flags.ts'

process.exitCode = await runProgram(
  {
    name: 'rrtail',
    version: manifest.version,
    summary: 'Follows a remote file through sleep, new networks and rotation; its bytes go to stdout.',
    usage: ['rrtail [options] [USER@]HOST:PATH'],
    flags,
    logLevel: 'warn',
    operands: { name: 'ORIGIN', help: '[USER@]HOST:PATH', min: 1, max: 1 },
    examples: [
      { run: 'rrtail web1:/var/log/nginx/access.log > access.log', does: 'fetches the file and follows it for ever' },
      { run: 'rrtail --state web1.place web1:/var/log/app.log >> app.log', does: 'goes on after a reboot' },
      { run: "rrtail --glob 'web1:~/logs/app-*.log'", does: 'lets the remote shell find the file' },
      { run: 'rrtail --via tailsrv -P 4321 web1:-', does: 'reads from a tailsrv' },
    ],
    exitCodes: {
      0: 'stopped, or the reader of the output left',
      1: 'refused by the server, no such file, out of retries, or failed',
      2: 'usage or configuration',
      3: 'stopped, and some bytes could not be fetched (see the gaps on stderr)',
    },
  },
  async run => (await import('./commands/follow.ts')).follow(run),
)
