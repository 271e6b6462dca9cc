import type { Clock } from '@logflow/core'
import type { Claims } from '../claims.ts'
import { eachFile, written, type Ledgers } from '../ledger.ts'
import { spreadOf, spreadText } from '../percentiles.ts'
import type { Scene } from '../scene.ts'
import type { Screen } from '../screen.ts'
import type { LagMeter } from './lag-meter.ts'

/** What the grinder knows of one log. */
interface GroundSource {
  readonly path: string
  readonly lines: number
  readonly bytes: number
  readonly gaps: number
  readonly lostBytes: number
}
interface SeriesAnswer {
  readonly series: readonly {
    readonly labels: Readonly<Record<string, string>>
    readonly points: readonly { readonly count: number }[]
  }[]
}

/** What came out at the end of the pipeline. */
export interface Ground {
  readonly sources: readonly GroundSource[]
  /** Events `http.5xx` with status 500. */
  readonly serverErrors: number
}

const LOGS = ['access.log', 'app.log', 'syslog', 'stats.log']
const CATCH_UP_MS = 20_000

/** Waits until everything that was written has come through: spool, upload, store, grinder. */
export async function pipeline(
  scene: Scene,
  screen: Screen,
  options: { readonly ledgers: Ledgers; readonly clock: Clock; readonly lag: LagMeter },
): Promise<Ground> {
  const { ledgers, clock, lag } = options
  await screen.heading('uploader → receiver → grinder: from the files of a device to events')
  const wanted = LOGS.flatMap(log => eachFile(ledgers, log)).reduce((sum, { lines }) => sum + lines, 0)
  const deadline = clock.monotonicMs() + CATCH_UP_MS
  let ground = await ask(scene)
  while (linesOf(ground.sources) < wanted && clock.monotonicMs() < deadline) {
    await clock.sleep(100)
    ground = await ask(scene)
  }
  for (const { path, lines, bytes } of ground.sources.slice(-6))
    await screen.quote(`${path}  ${lines} lines  ${bytes} bytes`)
  await screen.say(`  … ${ground.sources.length} logs; append to event: ${spreadText(spreadOf(lag.take()))}`)
  return ground
}

/** Every byte of every generated log is ground once; the events are as many as the lines that make them. */
export async function claimPipeline(ground: Ground, ledgers: Ledgers, claims: Claims): Promise<void> {
  const files = LOGS.flatMap(log => eachFile(ledgers, log))
  await claims.equal(
    'grinder: lines of the generated logs',
    linesOf(ground.sources),
    files.reduce((sum, file) => sum + file.lines, 0),
  )
  await claims.equal(
    'grinder: bytes of the generated logs',
    generated(ground.sources).reduce((sum, { bytes }) => sum + bytes, 0),
    files.reduce((sum, file) => sum + file.bytes, 0),
  )
  await claims.equal(
    'grinder: gaps',
    generated(ground.sources).reduce((sum, { gaps }) => sum + gaps, 0),
    0,
  )
  await claims.equal(
    'grinder: events with status 500',
    ground.serverErrors,
    written(ledgers, 'access.log', ['status', '500']),
  )
}

/** The state of the pipeline every few seconds, until the person has seen enough. */
export async function watchPipeline(
  scene: Scene,
  screen: Screen,
  { clock, signal, lag }: { readonly clock: Clock; readonly signal: AbortSignal; readonly lag: LagMeter },
): Promise<void> {
  await screen.heading(`live on http://127.0.0.1:${scene.ports.console}/ until Ctrl-C`)
  let before: { readonly lines: number; readonly atMs: number } | undefined
  while (!signal.aborted) {
    const sources = await ask(scene).then(
      ground => ground.sources,
      () => undefined,
    )
    const now = {
      lines: sources?.reduce((sum, { lines }) => sum + lines, 0) ?? before?.lines ?? 0,
      atMs: clock.monotonicMs(),
    }
    const rate = before ? Math.max(0, ((now.lines - before.lines) / (now.atMs - before.atMs)) * 1000) : 0
    const lost = sources?.reduce((sum, { lostBytes }) => sum + lostBytes, 0) ?? 0
    const facts = [
      `${now.lines.toLocaleString('en')} lines ground`,
      `${rate.toFixed(0)} lines/s`,
      `${lost} bytes lost`,
      `append to event ${spreadText(spreadOf(lag.take()))}`,
    ]
    await screen.say(sources ? `pipeline: ${facts.join(', ')}` : 'pipeline: the grinder does not answer now')
    before = now
    await clock.sleep(2000, { signal }).catch(() => {})
  }
}

async function ask(scene: Scene): Promise<Ground> {
  const get = async <T>(path: string): Promise<T> => {
    const response = await fetch(`http://127.0.0.1:${scene.ports.grinder}${path}`, {
      signal: AbortSignal.timeout(5000),
    })
    return (await response.json()) as T
  }
  const { sources } = await get<{ sources: readonly GroundSource[] }>('/api/sources')
  const { series } = await get<SeriesAnswer>('/api/series?name=http.5xx')
  const failures = series.filter(({ labels }) => labels.status === '500').flatMap(({ points }) => points)
  return { sources, serverErrors: failures.reduce((sum, { count }) => sum + count, 0) }
}

/** The logs whose every line is in a ledger, unlike those of the machine. */
function generated(sources: readonly GroundSource[]): readonly GroundSource[] {
  return sources.filter(({ path }) => LOGS.some(log => path.endsWith(`/logs/${log}`)))
}

function linesOf(sources: readonly GroundSource[]): number {
  return generated(sources).reduce((sum, { lines }) => sum + lines, 0)
}
