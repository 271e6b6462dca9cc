import type { GrindRule } from './rule-file.ts'

/** Method, path and what follows of a request in the access log of nginx or Apache, up to the status. */
const REQUEST = String.raw`"(?P<method>[A-Z]+) (?P<path>[^ ?"]*)[^"]*" `
/** Bytes, and the request time where the format has `rt=`. */
const REST = String.raw` (?P<bytes>\d+|-)(?:.* rt=(?P<seconds>\d+\.\d+))?`

/** What grinder looks for when nobody says otherwise. */
export const defaultRules: readonly GrindRule[] = [
  {
    name: 'http.request',
    literal: ' HTTP/',
    pattern: `${REQUEST}(?P<class>\\d)\\d\\d${REST}`,
    numbers: ['bytes', 'seconds'],
    keep: false,
    by: ['class'],
  },
  {
    name: 'http.5xx',
    literal: '" 5',
    pattern: `${REQUEST}(?P<status>5\\d\\d)${REST}`,
    numbers: ['bytes', 'seconds'],
    by: ['status'],
  },
  {
    name: 'http.slow',
    literal: ' rt=',
    pattern: String.raw`${REQUEST}(?P<status>\d{3}) .* rt=(?P<seconds>\d*[1-9]\d*\.\d+)`,
    numbers: ['seconds'],
  },
  {
    name: 'app.error',
    literal: 'ERROR',
    pattern: String.raw`\bERROR\b`,
    fields: ['service', 'msg', 'message'],
    by: ['service'],
  },
  { name: 'app.fatal', literal: 'FATAL', pattern: String.raw`\bFATAL\b`, fields: ['service', 'msg', 'message'] },
  {
    name: 'app.warning',
    literal: 'WARN',
    pattern: String.raw`\bWARN(?:ING)?\b`,
    fields: ['service'],
    keep: false,
    by: ['service'],
  },
  {
    name: 'json.error',
    literal: '"error"',
    pattern: String.raw`"(?:level|severity|lvl)" ?: ?"error"`,
    fields: ['service', 'msg', 'message'],
    by: ['service'],
  },
  {
    name: 'kernel.oom',
    literal: 'Out of memory',
    pattern: String.raw`Out of memory: Killed process (?P<pid>\d+) \((?P<process>[^)]*)\)(?:.*anon-rss:(?P<rssKiB>\d+)kB)?`,
    numbers: ['rssKiB'],
  },
  {
    name: 'kernel.segfault',
    literal: ': segfault at ',
    pattern: String.raw`(?P<process>[^\s\[]+)\[(?P<pid>\d+)\]: segfault at [0-9a-f]+ .*?(?: in (?P<library>[^\[\s]+))?(?:\s|\[|$)`,
    by: ['process'],
  },
  {
    name: 'kernel.panic',
    literal: 'Kernel panic',
    pattern: String.raw`Kernel panic - not syncing: (?P<reason>.*)`,
  },
  {
    name: 'sshd.login',
    literal: 'Accepted ',
    pattern: String.raw`Accepted (?P<method>[\w/-]+) for (?P<user>\S+) from (?P<address>\S+) port \d+`,
    by: ['method'],
  },
  {
    name: 'sshd.login-failed',
    literal: 'Failed password',
    pattern: String.raw`Failed password for (?P<unknown>invalid user )?(?P<user>\S*) from (?P<address>\S+)`,
  },
  {
    name: 'systemd.unit-failed',
    literal: 'Main process exited',
    pattern: String.raw`(?P<unit>\S+): Main process exited, code=(?P<code>\w+), status=(?P<status>\S+)`,
    by: ['unit'],
  },
]
