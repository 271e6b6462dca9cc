import type { Literal, Literals } from './literals.ts'

// The layout is described in `sequence-search.wat`.
const DESCRIPTIONS = 128
const DESCRIPTION_BYTES = 16
const SETS = 256
const SET_BYTES = 32
const WINDOW_BYTES = 3
const HALF_TABLE_BYTES = 16

/** Bytes of a text that are looked at to learn which ones are rare in it. */
const SAMPLE_BYTES = 8192

/**
 * What the search in `sequence-search.wat` has to know of up to eight literals, as it lies in its memory. `sample` is
 * text as it will be searched: the bytes that are rare there are looked for first.
 */
export function sequenceTables(literals: Literals, sample: Uint8Array): Uint8Array {
  const bytes = literals.reduce((sum, literal) => sum + literal.length, 0)
  const tables = new Uint8Array(SETS + bytes * SET_BYTES)
  const view = new DataView(tables.buffer)
  const counts = countBytes(sample)
  let setsAt = SETS
  for (const [i, literal] of literals.entries()) {
    const window = rarestWindow(literal, counts)
    const description = DESCRIPTIONS + i * DESCRIPTION_BYTES
    view.setUint32(description, literal.length, true)
    view.setUint32(description + 4, window, true)
    view.setUint32(description + 8, setsAt, true)
    for (let byte = 0; byte < WINDOW_BYTES; byte++) {
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

/** Where in the literal the three bytes are that are least likely to be met together. */
function rarestWindow(literal: Literal, counts: Float64Array): number {
  const logs = literal.map(set => Math.log(codesOf(set).reduce((sum, byte) => sum + (counts[byte] as number), 0)))
  let rarest = 0
  let least = Infinity
  for (let at = 0; at + WINDOW_BYTES <= literal.length; at++) {
    const log = logs.slice(at, at + WINDOW_BYTES).reduce((sum, one) => sum + one)
    if (log >= least) continue
    least = log
    rarest = at
  }
  return rarest
}

function countBytes(sample: Uint8Array): Float64Array {
  const counts = new Float64Array(256).fill(1)
  const end = Math.min(sample.length, SAMPLE_BYTES)
  for (let i = 0; i < end; i++) counts[sample[i] as number] = (counts[sample[i] as number] as number) + 1
  return counts
}

function codesOf(set: string): number[] {
  return Array.from(set, byte => byte.charCodeAt(0))
}
