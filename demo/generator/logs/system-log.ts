import type { LineStamp, LogKind } from '../log-kind.ts'
import { Random } from '../random.ts'
import type { Tally } from '../tally.ts'
import { isoTime, syslogTime } from '../time-text.ts'

const USERS = ['root', 'deploy', 'ada', 'backup', 'grace']
const GUESSES = ['admin', 'test', 'oracle', 'ubuntu', 'pi']
const UNITS = ['nginx.service', 'logrotate.service', 'apt-daily.service', 'cart.service', 'fstrim.timer']

interface Said {
  readonly tag: string
  readonly text: string
  /** What the ledger counts it as. */
  readonly topic: string
}

/** `/var/log/syslog` in the shape of RFC 3164 as rsyslog writes it: sshd, cron, kernel, systemd. */
export class SystemLog implements LogKind {
  readonly fileName = 'syslog'
  readonly weight = 12
  readonly #random: Random
  #bootSeconds = 5000

  constructor(seed: number) {
    this.#random = new Random(seed)
  }

  nextLine({ sequence, timeMs }: LineStamp, tally: Tally): string {
    const roll = this.#random.fraction()
    const said =
      roll < 0.4 ? this.#sshd() : roll < 0.6 ? this.#cron() : roll < 0.85 ? this.#systemd() : this.#kernel(sequence)
    tally.count('program', said.tag.replace(/\[.*/, ''))
    tally.count('topic', said.topic)
    return `${syslogTime(timeMs)} web01 ${said.tag}: ${said.text} ts=${isoTime(timeMs)} seq=${sequence}`
  }

  #sshd(): Said {
    const random = this.#random
    const tag = `sshd[${random.integer(900, 32_000)}]`
    const from = `203.0.113.${random.integer(1, 254)} port ${random.integer(1024, 65_535)}`
    const roll = random.fraction()
    if (roll < 0.5) {
      const known = random.chance(0.3)
      const who = known ? random.pick(USERS) : `invalid user ${random.pick(GUESSES)}`
      return { tag, topic: 'login failed', text: `Failed password for ${who} from ${from} ssh2` }
    }
    if (roll < 0.8) {
      const key = `ED25519 SHA256:${random.hex(43)}`
      return { tag, topic: 'login', text: `Accepted publickey for ${random.pick(USERS)} from ${from} ssh2: ${key}` }
    }
    return { tag, topic: 'logout', text: `Disconnected from user ${random.pick(USERS)} ${from}` }
  }

  #cron(): Said {
    const user = this.#random.pick(USERS)
    const command = this.#random.pick([
      'run-parts --report /etc/cron.hourly',
      '/usr/local/bin/backup --quick',
      'test -x /sbin/x',
    ])
    return { tag: `CRON[${this.#random.integer(900, 32_000)}]`, topic: 'cron', text: `(${user}) CMD (${command})` }
  }

  #systemd(): Said {
    const unit = this.#random.pick(UNITS)
    if (this.#random.chance(0.08))
      return {
        tag: 'systemd[1]',
        topic: 'unit failed',
        text: `${unit}: Main process exited, code=exited, status=1/FAILURE`,
      }
    return {
      tag: 'systemd[1]',
      topic: 'unit',
      text: `${this.#random.pick(['Started', 'Stopping', 'Finished'])} ${unit}.`,
    }
  }

  #kernel(sequence: number): Said {
    const random = this.#random
    this.#bootSeconds += random.fraction()
    const stamp = `[${this.#bootSeconds.toFixed(6).padStart(12)}]`
    const pid = random.integer(300, 32_000)
    const roll = random.fraction()
    if (roll < 0.06)
      return {
        tag: 'kernel',
        topic: 'out of memory',
        text: `${stamp} Out of memory: Killed process ${pid} (java) total-vm:${random.integer(1e6, 9e6)}kB, anon-rss:${random.integer(1e5, 9e5)}kB`,
      }
    if (roll < 0.14)
      return {
        tag: 'kernel',
        topic: 'segfault',
        text: `${stamp} worker[${pid}]: segfault at ${random.hex(4)} ip 00007f${random.hex(10)} sp 00007ffd${random.hex(8)} error 4 in libpng16.so`,
      }
    const text = random.pick([
      `eth0: link is ${sequence % 2 === 0 ? 'up' : 'down'}`,
      'TCP: request_sock_TCP: Possible SYN flooding on port 443. Sending cookies.',
      'audit: type=1400 apparmor="DENIED" operation="open" profile="snap.shop"',
    ])
    return { tag: 'kernel', topic: 'kernel', text: `${stamp} ${text}` }
  }
}
