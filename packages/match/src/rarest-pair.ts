import type { Literal } from './literals.ts'

/** A byte that is one of some: it equals `byte` when the bits of `mask` are set in it. */
export interface MaskedByte {
  readonly offset: number
  readonly mask: number
  readonly byte: number
}

/** Pairs are weighed by so much of a sample, in all. */
const WEIGHED_BYTES = 200_000

/**
 * The two bytes of a literal that come together most seldom in the sample, at their distance; `undefined` when it has
 * none that can be looked for: one value, or two (or four) that differ in one bit (or two), like `E` and `e`.
 */
export function rarestPair(literal: Literal, sample: Uint8Array): readonly [MaskedByte, MaskedByte] | undefined {
  const bytes = literal.flatMap((set, offset) => maskedByte(set, offset) ?? [])
  const pairs = bytes.flatMap((one, i) =>
    bytes.slice(i + (bytes.length > 1 ? 1 : 0)).map(other => [one, other] as const),
  )
  const looked = sample.subarray(0, WEIGHED_BYTES / Math.max(pairs.length, 1))
  let best: (typeof pairs)[number] | undefined
  let least = Infinity
  for (const pair of pairs) {
    const cost = occurrences(pair, looked)
    if (cost >= least) continue
    least = cost
    best = pair
  }
  return best
}

function maskedByte(set: string, offset: number): MaskedByte | undefined {
  const codes = Array.from(set, byte => byte.charCodeAt(0))
  const [first = 0] = codes
  const mask = codes.reduce((bits, code) => bits | (code ^ first), 0)
  return codes.length === 2 ** bitCount(mask) ? { offset, mask, byte: first | mask } : undefined
}

/** How often the pair is in the sample; where both are as rare, the one whose bytes are rarer on their own. */
function occurrences([one, other]: readonly [MaskedByte, MaskedByte], sample: Uint8Array): number {
  const distance = other.offset - one.offset
  let both = 0
  let single = 0
  for (let at = 0; at < sample.length - distance; at++) {
    const isOne = ((sample[at] as number) | one.mask) === one.byte
    const isOther = ((sample[at + distance] as number) | other.mask) === other.byte
    if (isOne && isOther) both++
    if (isOne || isOther) single++
  }
  return both + single / (sample.length + 1)
}

function bitCount(bits: number): number {
  let count = 0
  for (let rest = bits; rest > 0; rest &= rest - 1) count++
  return count
}
