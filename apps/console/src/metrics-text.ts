/** A number that a program counts. */
export interface Counter {
  readonly name: string
  readonly value: number
}

const MAX_COUNTERS = 64
const SAMPLE = /^([a-zA-Z_:][\w:]*)(\{[^}]*\})? +(\S+)/

/**
 * Reads Prometheus text (exposition format 0.0.4). Lines it cannot read are skipped, as a page that shows health must
 * not fail on them; more than 64 samples are cut off. `logflow_<program>_accepted_batches` becomes `accepted batches`.
 */
export function parseMetrics(text: string): Counter[] {
  const counters: Counter[] = []
  for (const line of text.split('\n')) {
    if (counters.length === MAX_COUNTERS) break
    const [, name = '', labels = '', valueText = ''] = SAMPLE.exec(line) ?? []
    const value = Number(valueText)
    if (name === '' || valueText === '' || !Number.isFinite(value)) continue
    const short = name.replace(/^logflow_[a-z\d]+_/, '').replaceAll('_', ' ')
    counters.push({ name: `${short}${labels}`, value })
  }
  return counters
}
