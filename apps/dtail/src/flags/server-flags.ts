import { flag } from '@logflow/cli'
import { levels, loggers } from './log-choices.ts'

/** Flags of dserver. */
export const serverFlags = {
  port: flag.integer({
    value: 'PORT',
    min: 0,
    max: 65_535,
    default: 2222,
    help: 'TCP port to listen on; 0 takes a free one.',
  }),
  bindAddress: flag.text({
    value: 'ADDRESS',
    spelling: 'bindAddress',
    default: '',
    help: 'Address to listen on; the one of the configuration by default.',
  }),
  cfg: flag.text({ value: 'FILE', default: '', help: 'Configuration file; none for no file.' }),
  level: flag.text({
    value: 'LEVEL',
    spelling: 'logLevel',
    choices: levels,
    default: 'info',
    help: 'none, fatal, error, warn, info, default, verbose, debug, devel, trace or all.',
  }),
  loggerName: flag.text({
    value: 'NAME',
    spelling: 'logger',
    choices: loggers,
    default: 'file',
    help: 'none, stdout, file, or fout for both.',
  }),
  logDir: flag.text({ value: 'DIR', spelling: 'logDir', default: '', help: 'Folder of the log files.' }),
  color: flag.boolean({ help: 'Colours in the log on stdout.' }),
  shutdownAfter: flag.integer({
    value: 'SECONDS',
    spelling: 'shutdownAfter',
    min: 0,
    default: 0,
    help: 'End after so many seconds; 0 for never.',
  }),
  allowRoot: flag.boolean({
    spelling: 'allow-root',
    help: 'Start as user or group 0, whose files every authorized client could then read.',
  }),
  pprof: flag.text({ value: 'ADDRESS', default: '', hidden: true, help: 'Accepted and ignored.' }),
}
