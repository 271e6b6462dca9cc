const PATHS = [
  '/',
  '/index.html',
  '/api/v1/items',
  '/api/v1/items/4711',
  '/static/app.js',
  '/login',
  '/error/last',
  '/warnings',
]
const METHODS = ['GET', 'GET', 'GET', 'POST', 'PUT']
const STATUSES = [200, 200, 200, 200, 200, 200, 304, 404, 403, 500]
const AGENTS = [
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/125.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15',
  'curl/8.7.1',
  'Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0',
]

/** An access log of about `bytes` bytes, the same for the same size. `NEEDLE_7f3a` is in nine lines. */
export function generateAccessLog(bytes: number): Buffer {
  let seed = 42
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return Math.floor((seed / 0x1_0000_0000) * below)
  }
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T
  const parts: Buffer[] = []
  const needleEvery = Math.floor(bytes / 10)
  let nextNeedle = needleEvery
  for (let size = 0; size < bytes;) {
    const time = `21/Nov/2026:${10 + random(10)}:${10 + random(50)}:${10 + random(50)} +0000`
    const request = `${pick(METHODS)} ${pick(PATHS)}?id=${random(1_000_000)} HTTP/1.1`
    const hit = size > nextNeedle ? ' NEEDLE_7f3a' : ''
    if (hit) nextNeedle += needleEvery
    const answer = `${pick(STATUSES)} ${random(30_000)}`
    const line = `10.${random(256)}.${random(256)}.${random(256)} - - [${time}] "${request}" ${answer} "-" "${pick(AGENTS)}" rt=${random(3)}.${random(1000)}${hit}\n`
    const encoded = Buffer.from(line)
    parts.push(encoded)
    size += encoded.length
  }
  return Buffer.concat(parts)
}
