import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock, type Clock } from '@logflow/core'
import { writeLedger, type Ledger, type LedgerFile } from './ledger.ts'
import type { LogKind } from './log-kind.ts'
import { AccessLog } from './logs/access-log.ts'
import { AppLog } from './logs/app-log.ts'
import { StatsLog } from './logs/stats-log.ts'
import { SystemLog } from './logs/system-log.ts'
import { Random } from './random.ts'
import { RotatingFile } from './rotating-file.ts'
import { Tally } from './tally.ts'

/** Options of {@link Generator}. */
export interface GeneratorOptions {
  /** Directory of the logs and of `ledger.json`; made when missing. */
  readonly dir: string
  /** The same seed writes the same lines, but for the time in them. */
  readonly seed: number
  /** Over all files together. */
  readonly linesPerSecond: number
  readonly rotateBytes: number
  /** Rotated files kept per log. @defaultValue 100 */
  readonly keep?: number
  readonly clock?: Clock
}

/** How often lines are written, so that they come as a flow and not in heaps. */
const TICK_MS = 20
const LEDGER_MS = 1000
/** After a pause (a laptop asleep) this much is made up for, not hours. */
const MAX_BACKLOG_MS = 1000

interface Log {
  readonly kind: LogKind
  readonly file: RotatingFile
  readonly tally: Tally
  lines: number
}

/** Writes logs as a small web server has them, and an exact ledger of what it wrote. */
export class Generator {
  readonly #options: GeneratorOptions
  readonly #clock: Clock
  readonly #logs: readonly Log[]
  readonly #turns: Random
  readonly #startedAtMs: number
  readonly #ledgerPath: string

  /** Creates the files. @throws Error `EEXIST` when `dir` has logs already: their ledger would be wrong */
  constructor(options: GeneratorOptions) {
    const { dir, seed, rotateBytes, keep = 100, clock = systemClock } = options
    this.#options = options
    this.#clock = clock
    this.#turns = new Random(seed)
    this.#startedAtMs = clock.now()
    this.#ledgerPath = join(dir, 'ledger.json')
    mkdirSync(dir, { recursive: true })
    const kinds = [AccessLog, AppLog, SystemLog, StatsLog].map((Kind, index) => new Kind(seed * 8 + index + 1))
    this.#logs = kinds.map(kind => ({
      kind,
      file: new RotatingFile(join(dir, kind.fileName), { rotateBytes, keep }),
      tally: new Tally(),
      lines: 0,
    }))
    this.#writeLedger(false)
  }

  /** Lines written so far. */
  get lines(): number {
    return this.#logs.reduce((sum, log) => sum + log.lines, 0)
  }

  /** Writes at the given pace until `signal` aborts or `durationMs` is over, then the final ledger. */
  async run({
    signal,
    durationMs = Infinity,
  }: {
    readonly signal: AbortSignal
    readonly durationMs?: number
  }): Promise<void> {
    const { linesPerSecond } = this.#options
    const startMs = this.#clock.monotonicMs()
    let passedMs = 0
    let earnedMs = 0
    let written = 0
    let ledgerAtMs = LEDGER_MS
    while (!signal.aborted && passedMs < durationMs) {
      await this.#clock.sleep(TICK_MS, { signal }).catch(() => {})
      if (signal.aborted) break
      const elapsedMs = Math.min(this.#clock.monotonicMs() - startMs, durationMs)
      earnedMs += Math.min(elapsedMs - passedMs, MAX_BACKLOG_MS)
      passedMs = elapsedMs
      // The small summand is for the rounding of many small steps: 3 s at 2000/s are 6000 lines, not 5999.
      const target = Math.floor((earnedMs * linesPerSecond) / 1000 + 1e-6)
      this.write(target - written)
      written = target
      if (elapsedMs < ledgerAtMs) continue
      ledgerAtMs = elapsedMs + LEDGER_MS
      this.#writeLedger(false)
    }
    for (const log of this.#logs) log.file.close()
    this.#writeLedger(true)
  }

  /** Writes the next `count` lines now, each to the log whose turn it is. */
  write(count: number): void {
    const timeMs = this.#clock.now()
    const waiting = new Map<Log, string>()
    for (let i = 0; i < count; i++) {
      const log = this.#nextLog()
      const line = log.kind.nextLine({ sequence: ++log.lines, timeMs }, log.tally)
      waiting.set(log, `${waiting.get(log) ?? ''}${line}\n`)
    }
    for (const [log, lines] of waiting) log.file.write(Buffer.from(lines))
  }

  #nextLog(): Log {
    const total = this.#logs.reduce((sum, log) => sum + log.kind.weight, 0)
    let turn = this.#turns.fraction() * total
    for (const log of this.#logs) if ((turn -= log.kind.weight) < 0) return log
    throw new Error('BUG: no log has a turn')
  }

  #writeLedger(finished: boolean): void {
    const files = this.#logs.map(({ kind, file, tally, lines }): [string, LedgerFile] => [
      kind.fileName,
      { lines, bytes: file.bytes, sha256: file.sha256(), rotations: file.rotations, ...tally.snapshot() },
    ])
    const ledger: Ledger = {
      version: 1,
      seed: this.#options.seed,
      startedAtMs: this.#startedAtMs,
      updatedAtMs: this.#clock.now(),
      finished,
      lines: this.lines,
      bytes: files.reduce((sum, [, { bytes }]) => sum + bytes, 0),
      files: Object.fromEntries(files),
    }
    writeLedger(this.#ledgerPath, ledger)
  }
}
