import { runProgram } from '@logflow/cli'
import manifest from '../package.json' with { type: 'json' }
import { flags } from './flags/logos.ts'
import { watchModeSignals } from './logos/mode-signals.ts'

// Before anything else: without a listener SIGUSR1 makes Node open its debugger.
const modeSignals = watchModeSignals()

// `-5` is a number out of range, as in the original, and not an option.
if (process.argv.slice(2).some(argument => /^-\d/.test(argument))) process.argv.splice(2, 0, '--')

process.exitCode = await runProgram(
  {
    name: 'logos',
    version: manifest.version,
    summary: 'Writes lines from standard input to the kernel log, one record each, labelled, cleaned and rate-limited.',
    usage: ['logos FACILITY [BYTES_PER_BURST [BYTES_PER_DAY]]'],
    flags,
    operands: { name: 'FACILITY', help: 'Label of every line; underscores are removed.' },
    examples: [
      { run: 'hostapd 2>&1 | logos hostapd', does: 'sends the output of a daemon to /dev/kmsg' },
      { run: 'echo "E: no link" | LOGOS_DEBUG=1 logos net', does: 'shows on stdout what would be written' },
    ],
    exitCodes: {
      0: 'end of input',
      1: 'bad facility, or input cannot be read',
      3: 'cannot open /dev/kmsg',
      6: 'a number out of range',
      99: 'usage',
    },
  },
  async run => (await import('./commands/log.ts')).log(run, modeSignals),
)
