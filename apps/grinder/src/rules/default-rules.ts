import type { GrindRule } from './rule-file.ts'

/**
 * What grinder looks for when nobody says otherwise. What every line of an access log has is matched by patterns that
 * are short and end early, because there they decide how fast everything is; method and path come from the format.
 */
export const defaultRules: readonly GrindRule[] = [
  {
    name: 'http.request',
    literal: ' HTTP/',
    pattern: String.raw`" (?P<class>\d)\d\d (?:(?P<bytes>\d+)|-)`,
    numbers: ['bytes'],
    keep: false,
    by: ['class'],
  },
  {
    name: 'http.latency',
    literal: ' rt=',
    pattern: String.raw` rt=(?P<seconds>\d+\.\d+)`,
    numbers: ['seconds'],
    keep: false,
  },
  {
    name: 'http.5xx',
    literal: '" 5',
    pattern: String.raw`" (?P<status>5\d\d) (?:(?P<bytes>\d+)|-)(?:.* rt=(?P<seconds>\d+\.\d+))?`,
    numbers: ['bytes', 'seconds'],
    fields: ['method', 'path'],
    by: ['status'],
  },
  {
    name: 'http.slow',
    literal: ' rt=',
    pattern: String.raw` rt=(?P<seconds>0*[1-9]\d*\.\d+)`,
    numbers: ['seconds'],
    fields: ['method', 'path', 'status'],
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
    pattern: String.raw`Failed password for (?:(?P<account>invalid) user )?(?P<user>\S*) from (?P<address>\S+)`,
  },
  {
    name: 'systemd.unit-failed',
    literal: 'Main process exited',
    pattern: String.raw`(?P<unit>\S+): Main process exited, code=(?P<code>\w+), status=(?P<status>\S+)`,
    by: ['unit'],
  },
]
