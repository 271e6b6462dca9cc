import type { LineStamp, LogKind } from '../log-kind.ts'
import { Random } from '../random.ts'
import type { Tally } from '../tally.ts'
import { commonLogTime, isoTime } from '../time-text.ts'

const PATHS = [
  { path: '/', method: 'GET', medianMs: 12, bytes: 8_200 },
  { path: '/api/products', method: 'GET', medianMs: 35, bytes: 21_000 },
  { path: '/static/app.js', method: 'GET', medianMs: 3, bytes: 148_000 },
  { path: '/api/search', method: 'GET', medianMs: 80, bytes: 6_400 },
  { path: '/api/cart', method: 'POST', medianMs: 45, bytes: 900 },
  { path: '/api/login', method: 'POST', medianMs: 110, bytes: 420 },
  { path: '/api/checkout', method: 'POST', medianMs: 240, bytes: 1_300 },
  { path: '/images/hero.webp', method: 'GET', medianMs: 5, bytes: 310_000 },
  { path: '/healthz', method: 'GET', medianMs: 1, bytes: 2 },
] as const

const AGENTS = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
  'curl/8.14.1',
  'kube-probe/1.34',
]

/** How long a calm and a troubled phase together last; in trouble, checkout fails often and everything is slow. */
const INCIDENT_PERIOD_LINES = 1_500
const INCIDENT_LINES = 200

/** nginx, combined format with the request time: `… "agent" rt=0.045 ts=… seq=…`. */
export class AccessLog implements LogKind {
  readonly fileName = 'access.log'
  readonly weight = 60
  readonly #random: Random
  readonly #clients: readonly string[]

  constructor(seed: number) {
    this.#random = new Random(seed)
    // The three networks of RFC 5737: nobody's addresses.
    this.#clients = Array.from({ length: 120 }, () => {
      const network = this.#random.pick(['192.0.2', '198.51.100', '203.0.113'])
      return `${network}.${this.#random.integer(1, 254)}`
    })
  }

  nextLine({ sequence, timeMs }: LineStamp, tally: Tally): string {
    const random = this.#random
    const troubled = sequence % INCIDENT_PERIOD_LINES >= INCIDENT_PERIOD_LINES - INCIDENT_LINES
    const { path, method, medianMs, bytes } = random.pickSkewed(PATHS)
    const status = this.#status(path, troubled)
    const size = status >= 400 ? random.integer(120, 560) : status === 304 ? 0 : Math.round(random.longTail(bytes))
    const seconds = (random.longTail(medianMs * (troubled ? 6 : 1)) / 1000).toFixed(3)
    const query = path === '/api/search' ? `?q=${random.pick(['lamp', 'chair', 'caf%C3%A9', 'desk+oak'])}` : ''
    const user = random.chance(0.1) ? random.pick(['ada', 'grace', 'linus']) : '-'
    const referer = random.chance(0.4) ? 'https://shop.example/' : '-'

    tally.count('status', String(status))
    tally.count('path', path)
    tally.sum('bytes', path, size)
    return (
      `${random.pickSkewed(this.#clients)} - ${user} [${commonLogTime(timeMs)}] "${method} ${path}${query} HTTP/1.1" ` +
      `${status} ${size} "${referer}" "${random.pickSkewed(AGENTS)}" rt=${seconds} ts=${isoTime(timeMs)} seq=${sequence}`
    )
  }

  #status(path: string, troubled: boolean): number {
    const random = this.#random
    if (troubled && random.chance(path === '/api/checkout' ? 0.5 : 0.08)) return random.pick([500, 502, 503])
    if (random.chance(0.005)) return 500
    if (random.chance(0.03)) return 404
    if (path === '/api/login' && random.chance(0.1)) return 401
    if (path.startsWith('/static') && random.chance(0.3)) return 304
    return 200
  }
}
