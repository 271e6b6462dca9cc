import { generatedInput, seededRandom, type Input } from './generated-input.ts'

const PATHS = [
  '/',
  '/index.html',
  '/api/v1/items',
  '/api/v1/users',
  '/static/app.js',
  '/login',
  '/health',
  '/search?q=warn',
]
const AGENTS = [
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/125.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.4 Safari/605.1.15',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:126.0) Gecko/20100101 Firefox/126.0',
  'curl/8.5.0',
]
const MESSAGES = ['ok', 'ok', 'ok', 'upstream timed out ERROR', 'slow request warn', 'cache miss', 'cache hit']

/** An nginx-like access log, the same bytes for the same size and seed; kept for the next run. */
export function accessLog(
  dir: string,
  { size, seed }: { readonly size: number; readonly seed: number },
): Promise<Input> {
  return generatedInput(dir, { name: 'access', size, seed }, () => {
    const random = seededRandom(seed)
    const needleEvery = Math.floor(size / 150 / 10)
    return index => accessLine(random, index, needleEvery)
  })
}

function accessLine(random: () => number, index: number, needleEvery: number): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const status = random() < 0.9 ? 200 : pick([301, 404, 403, 500, 502])
  const address = `10.${Math.floor(random() * 256)}.${Math.floor(random() * 256)}.${Math.floor(random() * 256)}`
  const clock = new Date(1_717_200_000_000 + index * 37).toISOString().slice(11, 19)
  const needle = index % needleEvery === needleEvery - 1 ? ' NEEDLE_7f3a' : ''
  const size = Math.floor(random() * 90_000) + 100
  const seconds = (random() * 2).toFixed(3)
  return `${address} - - [01/Jun/2024:${clock} +0000] "GET ${pick(PATHS)} HTTP/1.1" ${status} ${size} "-" "${pick(AGENTS)}" rt=${seconds} ${pick(MESSAGES)}${needle}\n`
}
