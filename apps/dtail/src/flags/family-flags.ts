import { flag, type Flag } from '@logflow/cli'
import { levels, loggers } from './log-choices.ts'

/** What several programs of the family have; where their defaults differ, a function of it. */
export const familyFlags = {
  cfg: flag.text({ value: 'FILE', default: '', help: 'Configuration file; none for no file.' }),
  level: (standard: string): Flag<string> =>
    flag.text({
      value: 'LEVEL',
      spelling: 'logLevel',
      choices: levels,
      default: standard,
      help: 'none, fatal, error, warn, info, default, verbose, debug, devel, trace or all.',
    }),
  loggerName: (standard: string): Flag<string> =>
    flag.text({
      value: 'NAME',
      spelling: 'logger',
      choices: loggers,
      default: standard,
      help: 'Where log lines go: none, stdout (the terminal), file, or fout for both.',
    }),
  logDir: (standard: string): Flag<string> =>
    flag.text({ value: 'DIR', spelling: 'logDir', default: standard, help: 'Folder of the log files.' }),
  pprof: flag.text({ value: 'ADDRESS', default: '', hidden: true, help: 'Accepted and ignored.' }),
}
