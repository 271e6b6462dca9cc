import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import path from 'node:path'

/** A generated input: where it lies and what is in it. */
export interface Input {
  readonly path: string
  readonly bytes: number
  readonly lines: number
  readonly sha256: string
}

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
export async function accessLog(
  dir: string,
  { size, seed }: { readonly size: number; readonly seed: number },
): Promise<Input> {
  const file = path.join(dir, `access-${size}-${seed}.log`)
  const facts = `${file}.json`
  if (existsSync(file) && existsSync(facts)) {
    const known = JSON.parse(readFileSync(facts, 'utf8')) as Input
    if (statSync(file).size === known.bytes) return { ...known, path: file }
  }
  mkdirSync(dir, { recursive: true })
  rmSync(facts, { force: true })
  const input = { ...(await writeAccessLog(`${file}.new`, size, seed)), path: file }
  renameSync(`${file}.new`, file)
  writeFileSync(facts, JSON.stringify(input))
  return input
}

async function writeAccessLog(file: string, size: number, seed: number): Promise<Omit<Input, 'path'>> {
  const random = generator(seed)
  const hash = createHash('sha256')
  const needleEvery = Math.floor(size / 150 / 10)
  let [bytes, lines] = [0, 0]
  const handle = await open(file, 'w')
  try {
    while (bytes < size) {
      const block: string[] = []
      for (let i = 0; i < 4096; i++) block.push(accessLine(random, lines++, needleEvery))
      const chunk = Buffer.from(block.join(''))
      hash.update(chunk)
      await handle.write(chunk)
      bytes += chunk.length
    }
  } finally {
    await handle.close()
  }
  return { bytes, lines, sha256: hash.digest('hex') }
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

/** mulberry32: small, fast, the same everywhere. */
function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let value = Math.imul(state ^ (state >>> 15), state | 1)
    value = (value + Math.imul(value ^ (value >>> 7), value | 61)) ^ value
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296
  }
}
