/** How bad a record is, as syslog orders it, plus `trace`. */
export type Severity = 'emerg' | 'alert' | 'crit' | 'error' | 'warn' | 'notice' | 'info' | 'debug' | 'trace'

const byNumber: readonly Severity[] = ['emerg', 'alert', 'crit', 'error', 'warn', 'notice', 'info', 'debug']

const byWord: ReadonlyMap<string, Severity> = new Map(
  Object.entries({
    emerg: 'emerg',
    emergency: 'emerg',
    panic: 'emerg',
    alert: 'alert',
    crit: 'crit',
    critical: 'crit',
    fatal: 'crit',
    f: 'crit',
    err: 'error',
    error: 'error',
    severe: 'error',
    e: 'error',
    warn: 'warn',
    warning: 'warn',
    w: 'warn',
    notice: 'notice',
    n: 'notice',
    info: 'info',
    information: 'info',
    informational: 'info',
    i: 'info',
    debug: 'debug',
    dbg: 'debug',
    verbose: 'debug',
    d: 'debug',
    v: 'debug',
    trace: 'trace',
    t: 'trace',
  } satisfies Record<string, Severity>),
)

const facilities = (
  'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp audit console clock ' +
  'local0 local1 local2 local3 local4 local5 local6 local7'
).split(' ')

/** The severity that a word (`WARN`, `warning`, `E`) or a pino level (`30`, `50`) names, or `undefined`. */
export function parseSeverity(word: string): Severity | undefined {
  if (/^\d{2}$/.test(word)) return byPinoLevel(Number(word))
  return byWord.get(word.toLowerCase())
}

/** The severity in a syslog priority (facility times 8 plus level, RFC 5424 6.2.1). */
export function severityOfPriority(priority: number): Severity {
  return byNumber[priority & 7] as Severity
}

/** The facility in a syslog priority: a name of RFC 5424 6.2.1, or its number when it has none. */
export function facilityOfPriority(priority: number): string {
  return facilities[priority >> 3] ?? String(priority >> 3)
}

function byPinoLevel(level: number): Severity {
  if (level < 20) return 'trace'
  if (level < 30) return 'debug'
  if (level < 40) return 'info'
  if (level < 50) return 'warn'
  return level < 60 ? 'error' : 'crit'
}
