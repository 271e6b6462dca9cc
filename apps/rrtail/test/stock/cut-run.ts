import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Random } from '@logflow/testkit'
import { GrowingLog } from './growing-log.ts'
import { NetworkCell } from './network-cell.ts'
import { StallingProxy } from './stalling-proxy.ts'
import { StockSshd } from './stock-sshd.ts'

/** How the connection is cut. */
export type CutKind = 'kill ssh' | 'kill sshd' | 'kill sessions' | 'drop packets' | 'freeze ssh' | 'kill rrtail'

/** What came of a run. */
export interface CutOutcome {
  readonly cuts: Readonly<Record<string, number>>
  readonly rotations: number
  readonly written: number
  readonly received: number
  readonly same: boolean
  readonly stderr: string
  /** From the moment the cause of the cut was gone until everything written had arrived. */
  readonly recoveryMs: readonly number[]
}

/** `LOGFLOW_RRTAIL` names a built program to run in the place of the sources. */
const program = process.env['LOGFLOW_RRTAIL'] ?? fileURLToPath(new URL('../../src/rrtail.ts', import.meta.url))
const CATCH_UP_MS = 30_000

/**
 * Writes a log and cuts the connection again and again, in ways that `seed` chooses; during each cut the log is rotated
 * twice. rrtail must bring every byte once, into a file, across its own death as well.
 *
 * @returns `undefined`, said aloud, where there is no stock sshd
 */
export async function runCuts(
  cuts: number,
  seed: number,
  say: (text: string) => void = () => {},
): Promise<CutOutcome | undefined> {
  const cell = NetworkCell.open()
  try {
    const sshd = await StockSshd.start(cell ? { namespace: cell.name, address: cell.address } : {})
    if (!sshd) return undefined
    const proxy = cell ? undefined : await StallingProxy.open(sshd.port)
    if (proxy) sshd.route(proxy.port)
    const run = new CutRun(sshd, cell ?? proxy, new Random(seed))
    try {
      return await run.run(cuts, say)
    } finally {
      await run.close()
      proxy?.close()
    }
  } finally {
    cell?.close()
  }
}

class CutRun {
  readonly #sshd: StockSshd
  readonly #cable: Pick<NetworkCell, 'drop' | 'heal'> | undefined
  readonly #random: Random
  readonly #log: GrowingLog
  readonly #out: string
  readonly #writer: NodeJS.Timeout
  #rrtail: ChildProcess
  #stderr = ''

  constructor(sshd: StockSshd, cable: Pick<NetworkCell, 'drop' | 'heal'> | undefined, random: Random) {
    this.#sshd = sshd
    this.#cable = cable
    this.#random = random
    this.#out = join(sshd.folder, 'received')
    this.#log = new GrowingLog(join(sshd.folder, 'app.log'), random)
    this.#rrtail = this.#start()
    this.#writer = setInterval(() => this.#log.write(random.below(12)), 7)
  }

  async run(cuts: number, say: (text: string) => void): Promise<CutOutcome> {
    const counts: Record<string, number> = {}
    const recoveryMs: number[] = []
    await this.#caughtUp()
    for (let i = 0; i < cuts; i++) {
      const kind = this.#choose()
      counts[kind] = (counts[kind] ?? 0) + 1
      if (this.#random.oneIn(3)) this.#log.write(20_000) // cut in the middle of this
      await delay(this.#random.below(60))
      const heal = await this.#cut(kind)
      for (let rotation = 0; rotation < 2; rotation++) {
        await delay(this.#random.below(150))
        this.#log.rotate()
      }
      await heal()
      const healed = performance.now()
      await this.#caughtUp()
      recoveryMs.push(performance.now() - healed)
      say(`${i + 1} ${kind}: all ${this.#log.bytes} bytes there after ${recoveryMs.at(-1)?.toFixed(0)} ms\n`)
    }
    clearInterval(this.#writer)
    await this.#caughtUp()
    const ended = once(this.#rrtail, 'exit')
    this.#rrtail.kill('SIGTERM')
    await ended
    const received = readFileSync(this.#out)
    const same = createHash('sha256').update(received).digest('hex') === this.#log.digest()
    const { bytes: written, rotations } = this.#log
    return { cuts: counts, rotations, written, received: received.length, same, stderr: this.#stderr, recoveryMs }
  }

  async close(): Promise<void> {
    clearInterval(this.#writer)
    this.#rrtail.kill('SIGKILL')
    this.#log.close()
    await this.#sshd.close()
  }

  #start(): ChildProcess {
    const out = openSync(this.#out, 'a')
    const patient = ['--check-interval', '200ms', '--silence-timeout', '400ms']
    const quick = ['--initial-retry-backoff', '50ms', '--max-retry-backoff', '400ms', ...patient]
    const where = ['-F', this.#sshd.config, '--state', join(this.#sshd.folder, 'place'), `web1:${this.#log.path}`]
    const child = spawn(process.execPath, ['--conditions=@logflow/source', program, ...quick, ...where], {
      stdio: ['ignore', out, 'pipe'],
    })
    closeSync(out)
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text))
    return child
  }

  #choose(): CutKind {
    const kinds: CutKind[] = ['kill ssh', 'kill sshd', 'kill sessions', 'freeze ssh', 'kill rrtail']
    if (this.#cable) kinds.push('drop packets', 'drop packets')
    return this.#random.pick(kinds)
  }

  /** @returns what takes the cause away, as far as rrtail does not do that itself */
  async #cut(kind: CutKind): Promise<() => Promise<void>> {
    switch (kind) {
      case 'kill ssh':
        for (const pid of this.#sshPids()) process.kill(pid, 'SIGKILL')
        return async () => {}
      case 'freeze ssh':
        for (const pid of this.#sshPids()) process.kill(pid, 'SIGSTOP')
        return async () => {}
      case 'kill sessions':
        this.#sshd.killSessions()
        return async () => {}
      case 'kill sshd':
        await this.#sshd.kill()
        return () => this.#sshd.listen()
      case 'drop packets':
        this.#cable?.drop()
        return async () => {
          await delay(this.#random.below(1500))
          this.#cable?.heal()
        }
      case 'kill rrtail': {
        const ended = once(this.#rrtail, 'exit')
        this.#rrtail.kill('SIGKILL')
        await ended
        return async () => void (this.#rrtail = this.#start())
      }
    }
  }

  #sshPids(): number[] {
    const rows = execFileSync('ps', ['-e', '-o', 'pid=,ppid=,comm='], { encoding: 'utf8' }).trim().split('\n')
    const words = rows.map(row => row.trim().split(/\s+/))
    return words
      .filter(([, ppid, name]) => name === 'ssh' && ppid === String(this.#rrtail.pid))
      .map(([pid]) => Number(pid))
  }

  /** Everything that was written until now has come. */
  async #caughtUp(): Promise<void> {
    const { bytes } = this.#log
    for (const begun = performance.now(); ; await delay(20)) {
      const received = statSync(this.#out).size
      if (received >= bytes) return
      if (performance.now() - begun > CATCH_UP_MS)
        throw new Error(`${received} of ${bytes} bytes came in ${CATCH_UP_MS} ms; rrtail said: ${this.#stderr}`)
    }
  }
}
