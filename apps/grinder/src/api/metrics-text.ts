import type { ApiParts } from './api-parts.ts'

/** Everything that is counted, as Prometheus text (exposition format 0.0.4). */
export function metricsText({ grind, rules, committer, live, events }: ApiParts): string {
  const sources = grind.sources.list()
  const stats: Readonly<Record<string, number>> = {
    ...grind.counters,
    sources: sources.length,
    series: grind.series.size,
    listeners: live.clients,
    commits: committer.commits,
    lastCommitMs: committer.lastCommitMs,
    pendingBytes: grind.pendingBytes,
    eventLogBytes: events.length,
    lastReceivedAtMs: Math.max(0, ...sources.map(({ lastReceivedAtMs }) => lastReceivedAtMs)),
  }
  const rows = Object.entries(stats).map(([key, value]) => sample(key, value))
  // Rule names are letters, digits and `_ . : -`: nothing to escape in a label.
  for (const { name, milliseconds, events } of rules.costs()) {
    rows.push(`logflow_grinder_rule_seconds{rule="${name}"} ${milliseconds / 1000}\n`)
    rows.push(`logflow_grinder_rule_events{rule="${name}"} ${events}\n`)
  }
  return rows.join('')
}

function sample(key: string, value: number): string {
  const name = `logflow_grinder_${key.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)}`
  return `# TYPE ${name} untyped\n${name} ${value}\n`
}
