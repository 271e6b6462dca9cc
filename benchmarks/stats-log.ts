import { generatedInput, seededRandom, type Input } from './generated-input.ts'

/** Lines of DTail's default format, as its servers write them about themselves, with the pairs of a small web fleet. */
export function statsLog(
  dir: string,
  { size, seed }: { readonly size: number; readonly seed: number },
): Promise<Input> {
  return generatedInput(dir, { name: 'stats', size, seed }, () => {
    const random = seededRandom(seed)
    return index => statsLine(random, index)
  })
}

function statsLine(random: () => number, index: number): string {
  const below = (limit: number): number => Math.floor(random() * limit)
  const time = new Date(1_717_200_000_000 + index * 37).toISOString()
  const stamp = `${time.slice(0, 10).replaceAll('-', '')}-${time.slice(11, 19).replaceAll(':', '')}`
  return (
    `INFO|${stamp}|${1 + below(9)}|stats.go:56|8|${below(40)}|7|0.${10 + below(90)}|471h0m21s|MAPREDUCE:STATS|` +
    `currentConnections=${below(200)}|lifetimeConnections=${below(100_000)}|` +
    `host=web${below(64)}.example.org|bytes=${below(1_000_000)}\n`
  )
}
