import { flag } from '@logflow/cli'
import { familyFlags } from './family-flags.ts'

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
  cfg: familyFlags.cfg,
  level: familyFlags.level('info'),
  loggerName: familyFlags.loggerName('file'),
  logDir: familyFlags.logDir(''),
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
  pprof: familyFlags.pprof,
}
