import { flag } from '@logflow/cli'

/** Options of the demo. */
export const flags = {
  once: flag.boolean({
    help: 'Do everything once without a terminal, check every number against what was written, and end: 0 all held, 1 not.',
  }),
  dev: flag.boolean({ help: 'Run the programs from their sources and restart one when its sources change.' }),
  keep: flag.boolean({ help: 'Leave the folder with logs, keys, store and the logs of the programs in place.' }),
  dir: flag.text({ value: 'DIR', default: undefined, help: 'Work in this empty folder instead of a temporary one.' }),
  seconds: flag.integer({ value: 'N', min: 2, max: 600, default: 6, help: 'How long live lines are shown.' }),
  linesPerSecond: flag.integer({
    value: 'N',
    min: 10,
    max: 20_000,
    default: 150,
    help: 'Log lines per host and second.',
  }),
  consolePort: flag.integer({
    value: 'PORT',
    min: 0,
    max: 65_535,
    default: 0,
    help: 'Port of the page; 0 takes a free one.',
  }),
}
