/** Kernel log levels by what a line begins with. */
const PREFIXES: readonly (readonly [prefix: string, level: number])[] = [
  ['weird:', 2],
  ['fatal:', 2],
  ['critical:', 2],
  ['e:', 3],
  ['error:', 3],
  ['w:', 4],
  ['warning:', 4],
  ['n:', 5],
  ['notice:', 5],
  ['i:', 6],
  ['info:', 6],
]
const LONGEST = 9

/** 2 to 6 by the prefix, in any case, 7 for every other line. The prefix stays in the text. */
export function levelOf(body: Uint8Array): number {
  const start = Buffer.from(body.subarray(0, LONGEST)).toString('latin1').toLowerCase()
  return PREFIXES.find(([prefix]) => start.startsWith(prefix))?.[1] ?? 7
}
