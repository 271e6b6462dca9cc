import { runProgram } from '@logflow/cli'
import manifest from '../package.json' with { type: 'json' }
import { flags } from './flags.ts'

process.exitCode = await runProgram(
  {
    name: 'receiver',
    version: manifest.version,
    summary: 'Accepts uploads from known devices over mutual TLS and acknowledges what is durable.',
    usage: ['receiver --store DIR --cert FILE --key FILE --devices DIR [options]'],
    flags,
    examples: [
      {
        run: 'receiver --store /var/lib/logflow --cert server.pem --key server.key --devices /etc/logflow/devices',
        does: 'takes uploads on port 4443 from the devices whose certificates lie in that folder',
      },
      {
        run: 'receiver … --retain-for 1440h --retain-bytes 500GiB --status-port 9443',
        does: 'keeps 60 days or 500 GiB, whichever is less, and shows its counters',
      },
    ],
    exitCodes: { 0: 'stopped', 1: 'failed', 2: 'usage or configuration' },
  },
  async run => (await import('./commands/receive.ts')).receive(run),
)
