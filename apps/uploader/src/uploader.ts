import { runProgram } from '@logflow/cli'
import manifest from '../package.json' with { type: 'json' }
import { flags } from './flags/uploader.ts'

process.exitCode = await runProgram(
  {
    name: 'uploader',
    version: manifest.version,
    summary: 'Ships files, the kernel log and standard input to a receiver without losing a line.',
    usage: [
      'uploader --receiver URL --cert FILE --key FILE --spool DIR (--follow GLOB | --kmsg | --stdin NAME)... [options]',
    ],
    flags,
    examples: [
      {
        run: "uploader --receiver https://logs:4443 --cert d.pem --key d.key --ca r.pem --spool /var/spool/logflow --follow '/var/log/*.log'",
        does: 'ships every log as it grows, and goes on where it was after a restart',
      },
      { run: 'uploader … --kmsg --suppress-macs', does: 'ships the kernel log without hardware addresses' },
      { run: 'make 2>&1 | uploader … --stdin build', does: 'ships the output of a program and ends with it' },
      { run: "uploader … --follow '/var/log/*' --once && echo safe", does: 'ships what is there now' },
    ],
    exitCodes: {
      0: 'stopped, or everything acknowledged',
      1: 'failed, the reason on stderr',
      2: 'usage or configuration',
    },
  },
  async run => (await import('./commands/ship.ts')).ship(run),
)
