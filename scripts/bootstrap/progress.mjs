import { performance } from 'node:perf_hooks'
import process from 'node:process'

/** Says on stderr what is being done and how long it took. `work` may return a word to add. */
export async function step(label, work) {
  const started = performance.now()
  const terminal = process.stderr.isTTY === true
  process.stderr.write(terminal ? `· ${label} …` : `· ${label}\n`)
  try {
    const note = await work()
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    process.stderr.write(`${terminal ? '\r\u001b[K' : ''}✓ ${label}${note ? `: ${note}` : ''} (${seconds} s)\n`)
  } catch (error) {
    process.stderr.write(`${terminal ? '\r\u001b[K' : ''}✗ ${label}\n`)
    throw error
  }
}
