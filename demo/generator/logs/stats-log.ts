import type { LineStamp, LogKind } from '../log-kind.ts'
import { Random } from '../random.ts'
import type { Tally } from '../tally.ts'
import { isoTime, statsTime } from '../time-text.ts'

const HOSTS = ['web01', 'web02', 'web03', 'api01', 'api02']

/**
 * DTail's default MAPREDUCE format, ten fields and then `key=value`, all divided by `|`. Some lines are not INFO, some
 * belong to another table and some are plain messages: a query `from STATS` must not count those. The ledger's groups
 * `host` and its sums hold exactly what such a query answers.
 */
export class StatsLog implements LogKind {
  readonly fileName = 'stats.log'
  readonly weight = 8
  readonly #random: Random
  readonly #lifetime = new Map<string, number>()

  constructor(seed: number) {
    this.#random = new Random(seed)
  }

  nextLine(stamp: LineStamp, tally: Tally): string {
    const random = this.#random
    const kind = random.fraction()
    if (kind < 0.05) return this.#plain(stamp, tally)
    if (kind < 0.1) return this.#lineOf('WARN', 'STATS', stamp, tally)
    if (kind < 0.18) return this.#lineOf('INFO', 'CACHE', stamp, tally)
    return this.#lineOf('INFO', 'STATS', stamp, tally)
  }

  #lineOf(severity: string, table: string, { sequence, timeMs }: LineStamp, tally: Tally): string {
    const random = this.#random
    const host = random.pick(HOSTS)
    const current = random.integer(0, 400)
    const lifetime = (this.#lifetime.get(host) ?? 0) + random.integer(0, 20)
    const bytes = Math.round(random.longTail(60_000))
    this.#lifetime.set(host, lifetime)
    tally.count('table', `${severity} ${table}`)
    if (severity === 'INFO' && table === 'STATS') {
      tally.count('host', host)
      tally.sum('bytes', host, bytes)
      tally.sum('currentConnections', host, current)
    }
    const head = `${severity}|${statsTime(timeMs)}|${1000 + HOSTS.indexOf(host)}|stats.ts:56|8|0|0`
    const load = (random.integer(1, 900) / 100).toFixed(2)
    const uptime = `${400 + Math.floor(sequence / 3600)}h${Math.floor(sequence / 60) % 60}m${sequence % 60}s`
    return (
      `${head}|${load}|${uptime}|MAPREDUCE:${table}|host=${host}|currentConnections=${current}` +
      `|lifetimeConnections=${lifetime}|bytes=${bytes}|ts=${isoTime(timeMs)}|seq=${sequence}`
    )
  }

  #plain({ sequence, timeMs }: LineStamp, tally: Tally): string {
    tally.count('table', 'none')
    return `INFO|${statsTime(timeMs)}|1000|server.ts:12|reloaded configuration|ts=${isoTime(timeMs)}|seq=${sequence}`
  }
}
