import { flag } from '@logflow/cli'
import { levels, loggers } from './log-choices.ts'

/** Flags of dtailhealth. */
export const healthFlags = {
  server: flag.text({ value: 'HOST:PORT', default: '', help: 'Server to check; port 2222 unless it names one.' }),
  level: flag.text({
    value: 'LEVEL',
    spelling: 'logLevel',
    choices: levels,
    default: 'none',
    help: 'Level of the log.',
  }),
  loggerName: flag.text({
    value: 'NAME',
    spelling: 'logger',
    choices: loggers,
    default: 'none',
    help: 'none, stdout, file or fout.',
  }),
  noAuthKey: flag.boolean({
    spelling: 'no-auth-key',
    hidden: true,
    help: 'Accepted; a health check registers no key.',
  }),
  pprof: flag.text({ value: 'ADDRESS', default: '', hidden: true, help: 'Accepted and ignored.' }),
}
