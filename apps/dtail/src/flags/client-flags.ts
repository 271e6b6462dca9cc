import { flag } from '@logflow/cli'
import { familyFlags } from './family-flags.ts'

/** Flags of dtail, dcat, dgrep and dmap, spelled as in the original. */
export const clientFlags = {
  servers: flag.text({
    value: 'LIST',
    completes: 'file',
    default: '',
    help: 'Servers, comma separated, or a file with one per line; without it files are read here.',
  }),
  files: flag.text({
    value: 'LIST',
    completes: 'files',
    default: '',
    help: 'Files and globs to read, comma separated.',
  }),
  user: flag.text({ value: 'NAME', default: undefined, help: 'SSH user; your own name by default.' }),
  port: flag.integer({ value: 'PORT', min: 1, max: 65_535, default: 2222, help: 'Port of servers that name none.' }),
  plain: flag.boolean({ help: 'Lines as they are, without host, number and colours.' }),
  quiet: flag.boolean({ help: 'No statistics.' }),
  noColor: flag.boolean({ spelling: 'noColor', help: 'No colours.' }),
  raw: flag.boolean({ help: 'Control characters of log lines reach the terminal as they are.' }),
  json: flag.boolean({ help: 'One JSON object per line, gap, event or row.' }),
  since: flag.text({
    value: 'WHEN',
    default: undefined,
    help: 'Lines written from then on: 2026-11-21T07:00:00Z, "2026-11-21 07:00", 2026-11-21, 15m, 2h ago, today.',
  }),
  until: flag.text({ value: 'WHEN', default: undefined, help: 'Lines written before then.' }),
  merge: flag.choice({
    value: 'ORDER',
    choices: ['arrival', 'time'],
    default: 'arrival',
    help: 'Order of lines across files and servers: as they arrive, or by the time in them.',
  }),
  mergeWait: flag.duration({
    value: 'TIME',
    spelling: 'merge-wait',
    default: 1000,
    help: 'How long -merge time lets a followed line wait for older ones.',
  }),
  trustAllHosts: flag.boolean({
    spelling: 'trustAllHosts',
    help: 'Accept and remember unknown and changed host keys.',
  }),
  authKeyPath: flag.text({
    value: 'FILE',
    spelling: 'auth-key-path',
    default: undefined,
    env: 'DTAIL_AUTH_KEY_PATH',
    help: 'Private key; its .pub is registered for a faster login next time.',
  }),
  key: flag.text({ value: 'FILE', default: undefined, help: 'Former name of -auth-key-path.' }),
  agentKeyIndex: flag.integer({
    value: 'N',
    spelling: 'agentKeyIndex',
    min: -1,
    default: -1,
    help: 'Which key of the ssh-agent, from 0; -1 offers all.',
  }),
  noAuthKey: flag.boolean({ spelling: 'no-auth-key', help: 'Do not register the key for a faster login.' }),
  connectionsPerCpu: flag.integer({
    value: 'N',
    spelling: 'cpc',
    min: 1,
    default: 10,
    help: 'Connections set up at one time, per processor.',
  }),
  cfg: familyFlags.cfg,
  discovery: flag.text({
    value: 'MODULE',
    choices: ['COMMA', 'FILE'],
    default: '',
    help: 'How -servers is read: COMMA or FILE.',
  }),
  level: familyFlags.level('info'),
  loggerName: familyFlags.loggerName('fout'),
  logDir: familyFlags.logDir('~/log'),
  logPayload: flag.boolean({ spelling: 'log-payload', help: 'Write what was read into the log file, too.' }),
  interactiveQuery: flag.boolean({
    spelling: 'interactive-query',
    help: 'Change what is asked while it is answered, at a terminal.',
  }),
  controlTty: flag.text({
    value: 'PATH',
    spelling: 'control-tty',
    default: '/dev/tty',
    help: 'The terminal of -interactive-query.',
  }),
  pprof: familyFlags.pprof,
  cpuprofile: flag.boolean({ hidden: true, help: 'Accepted and ignored.' }),
  memprofile: flag.boolean({ hidden: true, help: 'Accepted and ignored.' }),
  profile: flag.boolean({ hidden: true, help: 'Accepted and ignored.' }),
  profiledir: flag.text({ value: 'DIR', default: 'profiles', hidden: true, help: 'Accepted and ignored.' }),
}

/** Operands of the four clients: files, and a query for those that take one. */
export const clientOperands = {
  name: 'FILE',
  help: 'Files and globs; used when -files is not given. A word with "select " in it is the query.',
}

/** What each exit code of a client means. */
export const clientExitCodes = {
  0: 'all servers answered to the end',
  1: 'failed',
  2: 'usage, configuration, pattern or query',
  3: 'one or more servers could not be asked or broke off; each is named on stderr',
  4: 'a part of a file is missing; what and how much of it is said on stderr',
}
