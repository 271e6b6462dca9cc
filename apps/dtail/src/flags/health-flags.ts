import { flag } from '@logflow/cli'
import { familyFlags } from './family-flags.ts'

/** Flags of dtailhealth. */
export const healthFlags = {
  server: flag.text({ value: 'HOST:PORT', default: '', help: 'Server to check; port 2222 unless it names one.' }),
  level: familyFlags.level('none'),
  loggerName: familyFlags.loggerName('none'),
  noAuthKey: flag.boolean({
    spelling: 'no-auth-key',
    hidden: true,
    help: 'Accepted; a health check registers no key.',
  }),
  pprof: familyFlags.pprof,
}
