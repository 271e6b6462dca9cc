import type { Claims } from '../claims.ts'
import { startClient } from '../client.ts'
import { spreadOf, spreadText, type Spread } from '../percentiles.ts'
import type { Scene } from '../scene.ts'
import type { Screen } from '../screen.ts'

/** What a live tail of the three servers saw. */
export interface LiveTail {
  readonly lag: Spread
  readonly lines: number
  /** Sequence numbers in the order they came, by host. */
  readonly sequences: ReadonlyMap<string, readonly number[]>
}

const SHOWN_LINES = 12

/** `dtail` of one log on all servers, merged as it comes, for a while. */
export async function liveTail(
  scene: Scene,
  screen: Screen,
  options: { readonly dev: boolean; readonly ms: number; readonly signal: AbortSignal },
): Promise<LiveTail> {
  await screen.heading('dtail: one log of three servers, merged, live')
  const client = startClient(scene, 'dtail', { args: ['--files', 'logs/access.log', '--quiet'], dev: options.dev })
  const timer = setTimeout(client.stop, options.ms)
  options.signal.addEventListener('abort', client.stop, { once: true })
  const lags: number[] = []
  const sequences = new Map<string, number[]>()
  let shown = 0
  for await (const line of client.lines) {
    const seen = parseLine(line)
    if (!seen) continue
    lags.push(Date.now() - seen.timeMs)
    sequences.set(seen.host, [...(sequences.get(seen.host) ?? []), seen.sequence])
    if (shown++ < SHOWN_LINES) await screen.quote(line)
  }
  clearTimeout(timer)
  options.signal.removeEventListener('abort', client.stop)
  await client.ended
  const lag = spreadOf(lags)
  await screen.say(
    `  … ${lags.length} lines of ${sequences.size} servers in ${(options.ms / 1000).toFixed(0)} s; append to screen: ${spreadText(lag)}`,
  )
  return { lag, lines: lags.length, sequences }
}

/** Every server was seen, and between the first and the last line of each nothing is missing, repeated or out of order. */
export async function claimLiveTail(tail: LiveTail, scene: Scene, claims: Claims): Promise<void> {
  await claims.equal('dtail: servers in the merged tail', tail.sequences.size, scene.hosts.length)
  for (const [host, numbers] of [...tail.sequences].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const first = numbers[0] as number
    const broken = numbers.findIndex((number, i) => number !== first + i)
    const facts =
      broken === -1
        ? `${numbers.length} lines, seq ${first} to ${numbers.at(-1)}`
        : `after seq ${numbers[broken - 1]} came ${numbers[broken]}`
    await claims.holds(`dtail: ${host} without a hole`, broken === -1, facts)
  }
}

/** `REMOTE|web-1|100|12|access.log|… ts=… seq=…` */
function parseLine(
  line: string,
): { readonly host: string; readonly timeMs: number; readonly sequence: number } | undefined {
  const match = /^REMOTE\|([^|]+)\|.* ts=(\S+) seq=(\d+)$/.exec(line)
  return match
    ? { host: match[1] as string, timeMs: Date.parse(match[2] as string), sequence: Number(match[3]) }
    : undefined
}
