import { spawn, type ChildProcess } from 'node:child_process'
import { createWriteStream, writeFileSync, type WriteStream } from 'node:fs'
import path from 'node:path'
import type { Clock, Logger } from '@logflow/core'

/** One process of the demo and how it is started. */
export interface Role {
  /** `dserver-2`. */
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
}

/** Something about a process that a person should know. */
export interface Notice {
  readonly name: string
  readonly event: 'died' | 'back'
  readonly detail: string
}

/** Options of {@link Supervisor}. */
export interface SupervisorOptions {
  /** Each process's own log is `<dir>/<name>.log`, and `<dir>/processes.json` says who runs with which pid. */
  readonly dir: string
  readonly clock: Clock
  readonly logger: Logger
  readonly onNotice: (notice: Notice) => void
  /** Before a process that died is started again; doubles while it dies young. @defaultValue 1000 */
  readonly restartDelayMs?: number
}

interface Actor {
  readonly role: Role
  readonly child: ChildProcess
  readonly ended: Promise<void>
  readonly restarts: number
  readonly startedAtMs: number
  /** How often it died young in a row. */
  readonly failures: number
}

const STOP_MS = 3000
const YOUNG_MS = 5000
const MAX_DELAY_MS = 30_000

/** Starts processes, notices and names the ones that die, starts them again, and leaves nothing behind. */
export class Supervisor {
  readonly #options: SupervisorOptions
  readonly #actors = new Map<string, Actor>()
  readonly #stopping = new AbortController()

  constructor(options: SupervisorOptions) {
    this.#options = options
  }

  /** Starts a role. It is kept running until {@link stopOne} or {@link stop}. */
  start(role: Role): void {
    const actor = this.#spawn(role, { restarts: 0, failures: 0 })
    this.#actors.set(role.name, actor)
    this.#writePids()
  }

  /** Whether the role runs now. */
  isRunning(name: string): boolean {
    const child = this.#actors.get(name)?.child
    return child?.exitCode === null && child.signalCode === null
  }

  /** How often the role had to be started again. */
  restarts(name: string): number {
    return this.#actors.get(name)?.restarts ?? 0
  }

  /** Asks one role to end, and waits until it has. */
  async stopOne(name: string): Promise<void> {
    const actor = this.#actors.get(name)
    if (!actor) return
    this.#actors.delete(name)
    await endChild(actor)
    this.#writePids()
  }

  /** Ends everything: SIGTERM, and SIGKILL for what is still there after three seconds. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    const actors = [...this.#actors.values()]
    this.#actors.clear()
    await Promise.all(actors.map(endChild))
    this.#writePids()
  }

  #spawn(role: Role, history: { readonly restarts: number; readonly failures: number }): Actor {
    const log = createWriteStream(path.join(this.#options.dir, `${role.name}.log`), { flags: 'a' })
    const child = spawn(role.command, role.args, {
      cwd: role.cwd,
      env: { ...process.env, ...role.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const startedAtMs = this.#options.clock.monotonicMs()
    const actor: Actor = { role, child, ...history, startedAtMs, ended: whenEnded(child, log) }
    child.stdout?.pipe(log, { end: false })
    child.stderr?.pipe(log, { end: false })
    child.once('error', error =>
      this.#options.logger.error({ event: 'process.not-started', name: role.name, err: error }),
    )
    child.once('exit', (code, signal) => void this.#onExit(actor, signal ?? `exit code ${code}`))
    return actor
  }

  async #onExit(actor: Actor, how: string): Promise<void> {
    const { role } = actor
    if (this.#actors.get(role.name) !== actor) return // it was asked to end
    const { clock, onNotice, restartDelayMs = 1000 } = this.#options
    const young = clock.monotonicMs() - actor.startedAtMs < YOUNG_MS
    const delayMs = young ? Math.min(MAX_DELAY_MS, restartDelayMs * 2 ** actor.failures) : restartDelayMs
    onNotice({ name: role.name, event: 'died', detail: how })
    const signal = this.#stopping.signal
    try {
      await clock.sleep(delayMs, { signal })
    } catch {
      return // the demo ends
    }
    if (this.#actors.get(role.name) !== actor) return
    const next = this.#spawn(role, { restarts: actor.restarts + 1, failures: young ? actor.failures + 1 : 0 })
    this.#actors.set(role.name, next)
    this.#writePids()
    onNotice({ name: role.name, event: 'back', detail: `pid ${next.child.pid}` })
  }

  #writePids(): void {
    const pids = Object.fromEntries([...this.#actors].map(([name, { child }]) => [name, child.pid]))
    writeFileSync(path.join(this.#options.dir, 'processes.json'), `${JSON.stringify(pids, undefined, 2)}\n`)
  }
}

function whenEnded(child: ChildProcess, log: WriteStream): Promise<void> {
  return new Promise(resolve => {
    const done = (): void => {
      log.end()
      resolve()
    }
    child.once('close', done)
    child.once('error', done)
  })
}

async function endChild({ child, ended }: Actor): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
  const deadline = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  await ended
  clearTimeout(deadline)
}
