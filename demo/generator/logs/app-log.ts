import type { LineStamp, LogKind } from '../log-kind.ts'
import { Random } from '../random.ts'
import type { Tally } from '../tally.ts'
import { isoTime } from '../time-text.ts'

const SERVICES = ['cart', 'search', 'checkout', 'mailer', 'inventory']
const CUSTOMERS = ['Zoë Müller', 'Ana Peña', 'Łukasz Nowak', 'Søren Ørsted', 'Mary Smith', 'O\'Brien "Bob"']

/** An application's own log: one JSON object per line. */
export class AppLog implements LogKind {
  readonly fileName = 'app.log'
  readonly weight = 20
  readonly #random: Random

  constructor(seed: number) {
    this.#random = new Random(seed)
  }

  nextLine({ sequence, timeMs }: LineStamp, tally: Tally): string {
    const random = this.#random
    const service = random.pick(SERVICES)
    const level = this.#level()
    const durationMs = Math.round(random.longTail(level === 'ERROR' ? 900 : 40))
    tally.count('level', level)
    tally.count('service', service)
    tally.sum('durationMs', service, durationMs)
    return JSON.stringify({
      ts: isoTime(timeMs),
      level,
      service,
      msg: this.#message(level),
      durationMs,
      customer: random.pick(CUSTOMERS),
      requestId: random.hex(16),
      seq: sequence,
    })
  }

  #level(): 'INFO' | 'DEBUG' | 'WARN' | 'ERROR' {
    const roll = this.#random.fraction()
    if (roll < 0.03) return 'ERROR'
    if (roll < 0.1) return 'WARN'
    return roll < 0.3 ? 'DEBUG' : 'INFO'
  }

  #message(level: string): string {
    const random = this.#random
    switch (level) {
      case 'ERROR':
        return random.pick([
          'payment gateway did not answer within 900ms',
          `cannot reserve item ${random.integer(1000, 9999)}: connection reset by peer`,
          "unhandled rejection: TypeError: Cannot read properties of undefined (reading 'total')",
        ])
      case 'WARN':
        return random.pick([
          `retry ${random.integer(1, 4)} of 5`,
          `cache miss rate is ${random.integer(40, 90)}%`,
          'slow query',
        ])
      case 'DEBUG':
        return `cache ${random.pick(['hit', 'miss'])} key=item:${random.integer(1000, 9999)}`
      default:
        return random.pick([
          'request done',
          `order ${random.hex(8)} placed`,
          `mail queued, ${random.integer(0, 30)} waiting`,
        ])
    }
  }
}
