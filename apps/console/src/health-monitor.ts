import type { Clock } from '@logflow/core'
import { parseMetrics, type Counter } from './metrics-text.ts'

/** A program to watch. */
export interface Target {
  readonly name: string
  /** Base URL; `/healthz` and `/metrics` are asked below it. */
  readonly url: URL
}

/** `up`: answers and is well; `troubled`: answers and says what is wrong; `down`: does not answer. */
export type TargetState = 'waiting' | 'up' | 'troubled' | 'down'

/** What is known about a target. */
export interface TargetHealth {
  readonly name: string
  readonly url: string
  readonly state: TargetState
  /** When it got into this state, milliseconds since 1970. */
  readonly sinceMs: number
  /** How long `/healthz` took, while it answers. */
  readonly latencyMs?: number | undefined
  readonly problem?: string | undefined
  readonly counters: readonly (Counter & { readonly perSecond?: number | undefined })[]
}

/** Options of {@link HealthMonitor}. */
export interface HealthMonitorOptions {
  readonly targets: readonly Target[]
  readonly intervalMs: number
  readonly clock: Clock
  /** Called after every round. */
  readonly onRound: (health: readonly TargetHealth[]) => void
}

const MAX_ANSWER_BYTES = 256 * 1024
const ANSWER_TIMEOUT_MS = 2000

/** Asks every target how it is, again and again, all at once; a slow one delays nobody but itself. */
export class HealthMonitor {
  readonly #options: HealthMonitorOptions
  readonly #health: Map<string, TargetHealth>
  readonly #askedAtMs = new Map<string, number>()

  constructor(options: HealthMonitorOptions) {
    this.#options = options
    const sinceMs = options.clock.now()
    this.#health = new Map(
      options.targets.map(({ name, url }) => [
        name,
        { name, url: url.href, state: 'waiting', sinceMs, counters: [] } satisfies TargetHealth,
      ]),
    )
  }

  /** What is known now, in the order of the targets. */
  get health(): readonly TargetHealth[] {
    return [...this.#health.values()]
  }

  /** Asks until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { targets, intervalMs, clock, onRound } = this.#options
    while (!signal.aborted) {
      await Promise.all(targets.map(target => this.#ask(target, signal)))
      if (signal.aborted) return
      onRound(this.health)
      await clock.sleep(intervalMs, { signal }).catch(() => {})
    }
  }

  async #ask(target: Target, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options
    const startMs = clock.monotonicMs()
    const timed = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)])
    try {
      const health = await fetch(below(target.url, 'healthz'), { signal: timed, redirect: 'error' })
      const body = await readText(health)
      const latencyMs = clock.monotonicMs() - startMs
      const metrics = await fetch(below(target.url, 'metrics'), { signal: timed, redirect: 'error' })
      const counters = metrics.ok ? parseMetrics(await readText(metrics)) : []
      const problem = health.ok ? undefined : problemIn(body, health.status)
      this.#enter(target, { state: health.ok ? 'up' : 'troubled', latencyMs, problem }, counters)
    } catch (error) {
      this.#enter(target, { state: 'down', problem: reasonOf(error) }, [])
    }
  }

  #enter(
    { name, url }: Target,
    found: Pick<TargetHealth, 'state' | 'latencyMs' | 'problem'>,
    counters: readonly Counter[],
  ): void {
    const { clock } = this.#options
    const before = this.#health.get(name)
    const askedBeforeMs = this.#askedAtMs.get(name)
    const askedAtMs = clock.monotonicMs()
    this.#askedAtMs.set(name, askedAtMs)
    const seconds = askedBeforeMs === undefined ? 0 : (askedAtMs - askedBeforeMs) / 1000
    const rated = counters.map(counter => {
      const last = before?.counters.find(other => other.name === counter.name)
      return last && seconds > 0 ? { ...counter, perSecond: (counter.value - last.value) / seconds } : counter
    })
    const sinceMs = before?.state === found.state ? before.sinceMs : clock.now()
    this.#health.set(name, { name, url: url.href, ...found, sinceMs, counters: rated })
  }
}

function below(base: URL, path: string): URL {
  return new URL(path, base.href.endsWith('/') ? base : `${base.href}/`)
}

async function readText(response: Response): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body ?? []) {
    size += (part as Uint8Array).length
    if (size > MAX_ANSWER_BYTES) throw new RangeError(`the answer is longer than ${MAX_ANSWER_BYTES} bytes`)
    parts.push(part as Uint8Array)
  }
  return Buffer.concat(parts).toString()
}

function problemIn(body: string, status: number): string {
  try {
    const { problem } = JSON.parse(body) as { problem?: unknown }
    if (typeof problem === 'string') return problem.slice(0, 500)
  } catch {
    // Not ours, or not JSON: the status has to do.
  }
  return `answers with status ${status}`
}

/** `fetch failed` says nothing; its cause does. */
function reasonOf(error: unknown): string {
  const { cause, message, name } = error as Error
  if (name === 'TimeoutError') return `no answer within ${ANSWER_TIMEOUT_MS / 1000} s`
  const { code, message: why } = (cause ?? {}) as { code?: string; message?: string }
  return code ?? why ?? message
}
