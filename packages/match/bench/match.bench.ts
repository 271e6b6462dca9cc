import { LineSplitter, type LineBatch } from '@logflow/core'
import { bench, describe } from 'vitest'
import { compilePattern } from '../src/index.ts'
import { generateAccessLog } from './access-log.ts'

// 50 MB in batches of 256 KiB: 20 operations per second are 1 GB/s.
const LOG_BYTES = 50_000_000
const BATCH_BYTES = 256 * 1024

function batches(): LineBatch[] {
  const log = generateAccessLog(LOG_BYTES)
  const splitter = new LineSplitter({ source: { host: 'h', path: '/access.log', id: 's' } })
  const out: LineBatch[] = []
  for (let at = 0; at < log.length; at += BATCH_BYTES) {
    const batch = splitter.push(new Uint8Array(log.subarray(at, at + BATCH_BYTES)))
    if (batch) out.push(batch)
  }
  return out
}

const patterns = {
  'rare literal': 'NEEDLE_7f3a',
  'common literal': 'Chrome/125',
  'two words in any case': '(?i:error|warn)',
  'seven words': 'timed out|refused|denied|reset|ERROR|WARN|FATAL',
  'a word in any case': '(?i)session',
  'quote and class': '" [45]',
  'required literal': '" [45][0-9]{2} [0-9]{5} .*rt=1\\.[89]',
  'anchored, no literal': '^10\\.[0-9]+\\.',
  'many states': '[a-q][^u-z]{13}x',
}

describe('matchingLines on 50 MB of access log', () => {
  const log = batches()
  for (const [name, pattern] of Object.entries(patterns)) {
    const matcher = compilePattern(pattern)
    bench(`${name}: ${pattern}`, () => {
      for (const batch of log) matcher.matchingLines(batch)
    })
  }
})
