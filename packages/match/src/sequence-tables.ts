import type { Literal, Literals } from './literals.ts'
import { rarestPair, type MaskedByte } from './rarest-pair.ts'

// The layout is described in `sequence-search.wat`.
const IS_SINGLE = 116
const PAIR_OFFSETS = 64
const DESCRIPTIONS = 128
const DESCRIPTION_BYTES = 16
const SETS = 256
const SET_BYTES = 32
const WINDOW_BYTES = 3
const HALF_TABLE_BYTES = 16

/** Bytes of a text that are looked at to learn what is rare in it; less for many and long literals. */
const SAMPLE_BYTES = 4096
const SAMPLE_LOOKS = 32_000
const PAIR_COST = 1
const HIT_COST = 3

/**
 * What the search in `sequence-search.wat` has to know of up to eight literals, as it lies in its memory. `sample` is
 * text as it will be searched: the bytes that are rare there are looked for first.
 */
export function sequenceTables(literals: Literals, sample: Uint8Array): Uint8Array {
  const bytes = literals.reduce((sum, literal) => sum + literal.length, 0)
  const tables = new Uint8Array(SETS + bytes * SET_BYTES)
  const view = new DataView(tables.buffer)
  const looked = sample.subarray(0, Math.min(SAMPLE_BYTES, SAMPLE_LOOKS / bytes))
  const counts = countBytes(looked)
  const pair = literals.length === 1 ? rarestPair(literals[0] as Literal, sample) : undefined
  if (pair) addPair(tables, view, pair)
  let setsAt = SETS
  for (const [i, literal] of literals.entries()) {
    const window = pair ? 0 : rarestWindow(literal, looked, counts)
    const description = DESCRIPTIONS + i * DESCRIPTION_BYTES
    view.setUint32(description, literal.length, true)
    view.setUint32(description + 4, window, true)
    view.setUint32(description + 8, setsAt, true)
    for (let byte = 0; byte < WINDOW_BYTES && !pair; byte++) {
      addToWindow(tables.subarray(byte * 2 * HALF_TABLE_BYTES), literal[window + byte], 1 << i)
    }
    for (const set of literal) {
      for (const byte of codesOf(set)) {
        const at = setsAt + (byte >>> 3)
        tables[at] = (tables[at] as number) | (1 << (byte & 7))
      }
      setsAt += SET_BYTES
    }
  }
  return tables
}

/** Two bytes that stand for the only literal. */
function addPair(tables: Uint8Array, view: DataView, pair: readonly [MaskedByte, MaskedByte]): void {
  view.setUint32(IS_SINGLE, 1, true)
  for (const [i, { mask, byte, offset }] of pair.entries()) {
    tables.fill(mask, i * 32, i * 32 + 16)
    tables.fill(byte, i * 32 + 16, i * 32 + 32)
    view.setUint32(PAIR_OFFSETS + i * 4, offset, true)
  }
}

/** A table for the low half of a byte and one for the high half; behind the end of a literal any byte will do. */
function addToWindow(tables: Uint8Array, set: string | undefined, bit: number): void {
  if (set === undefined) {
    for (let at = 0; at < 2 * HALF_TABLE_BYTES; at++) tables[at] = (tables[at] as number) | bit
    return
  }
  for (const byte of codesOf(set)) {
    for (const at of [byte & 15, HALF_TABLE_BYTES + (byte >>> 4)]) tables[at] = (tables[at] as number) | bit
  }
}

/**
 * Where in the literal the three bytes are that cost least to look for in the sample: the search looks at the first two
 * of them, at the third where those are, and at the whole literal where all are. Without any of them in the sample the
 * single bytes decide.
 */
function rarestWindow(literal: Literal, sample: Uint8Array, counts: Uint32Array): number {
  const accepts = literal.map(acceptedBytes)
  const shares = literal.map(set => codesOf(set).reduce((sum, byte) => sum + (counts[byte] as number), 0))
  let rarest = 0
  let least = Infinity
  for (let at = 0; at + WINDOW_BYTES <= literal.length; at++) {
    const [first, second, third] = accepts.slice(at, at + WINDOW_BYTES) as [Uint8Array, Uint8Array, Uint8Array]
    let cost = shares.slice(at, at + WINDOW_BYTES).reduce((product, one) => (product * one) / (sample.length + 256), 1)
    for (let i = 0; i < sample.length - 2; i++) {
      if (first[sample[i] as number] === 0 || second[sample[i + 1] as number] === 0) continue
      cost += third[sample[i + 2] as number] === 0 ? PAIR_COST : HIT_COST
    }
    if (cost >= least) continue
    least = cost
    rarest = at
  }
  return rarest
}

function acceptedBytes(set: string): Uint8Array {
  const accepted = new Uint8Array(256)
  for (const byte of codesOf(set)) accepted[byte] = 1
  return accepted
}

/** How often each byte is in the sample, and once more. */
function countBytes(sample: Uint8Array): Uint32Array {
  const counts = new Uint32Array(256).fill(1)
  for (const byte of sample) counts[byte] = (counts[byte] as number) + 1
  return counts
}

function codesOf(set: string): number[] {
  return Array.from(set, byte => byte.charCodeAt(0))
}
