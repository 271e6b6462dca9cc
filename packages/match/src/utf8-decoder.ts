import type { Alphabet } from './alphabet.ts'

const NEWLINE = 10

/** What a byte does in a node of the decoder: complete a character of a class (0 and up), or one of these. */
export const INVALID = -1
/** `GO - n` goes to node `n`. */
export const GO = -2

/**
 * UTF-8 as a small automaton from bytes to classes of an alphabet. Node 0 is the start. Bytes decode as in Go: each
 * byte that does not begin or continue a valid sequence is one replacement character, and decoding goes on behind it.
 *
 *     node 0:  00-7F complete · C2-DF, E0-EF, F0-F4 go to a node · else invalid
 *     others:  80-BF complete, go or invalid · else invalid
 */
export class Utf8Decoder {
  /** Per node, the action of each of the 256 bytes. */
  readonly actions: readonly Int32Array[]
  /** Per node, how many bytes are waiting: as many replacement characters when the next byte is invalid. */
  readonly depths: readonly number[]
  /** Equivalence class of each byte. The newline has one of its own. */
  readonly byteClass: Uint8Array
  /** A byte of each class. */
  readonly classBytes: readonly number[]

  constructor(alphabet: Alphabet) {
    const { actions, depths } = new DecoderBuilder(alphabet).build()
    this.actions = actions
    this.depths = depths
    const { byteClass, classBytes } = groupBytes(actions)
    this.byteClass = byteClass
    this.classBytes = classBytes
  }
}

class DecoderBuilder {
  readonly #alphabet: Alphabet
  readonly #actions: Int32Array[] = []
  readonly #depths: number[] = []
  readonly #known = new Map<string, number>()
  readonly #uniform = new Map<string, number>()

  constructor(alphabet: Alphabet) {
    this.#alphabet = alphabet
  }

  build(): { actions: readonly Int32Array[]; depths: readonly number[] } {
    const root = new Int32Array(256).fill(INVALID)
    this.#actions.push(root)
    this.#depths.push(0)
    for (let byte = 0; byte < 0x80; byte++) root[byte] = this.#alphabet.classOf(byte)
    for (let byte = 0xc2; byte <= 0xdf; byte++) root[byte] = this.#node((byte & 0x1f) << 6, 1, 1)
    for (let byte = 0xe0; byte <= 0xef; byte++) root[byte] = this.#node((byte & 0x0f) << 12, 2, 1)
    for (let byte = 0xf0; byte <= 0xf4; byte++) root[byte] = this.#node((byte & 0x07) << 18, 3, 1)
    return { actions: this.#actions, depths: this.#depths }
  }

  /** The action that leads to a node for the code points from `base` on, `left` continuation bytes away. */
  #node(base: number, left: number, depth: number): number {
    const uniform = this.#uniformClass(base, left)
    const key = `${left},${depth},${uniform}`
    const same = uniform === undefined ? undefined : this.#uniform.get(key)
    if (same !== undefined) return same
    const row = new Int32Array(256).fill(INVALID)
    const step = 1 << (6 * (left - 1))
    for (let i = 0; i < 64; i++) {
      const first = base + i * step
      if (!isEncodable(first, left, depth)) continue
      row[0x80 + i] = left === 1 ? this.#alphabet.classOf(first) : this.#node(first, left - 1, depth + 1)
    }
    const action = this.#intern(row, depth)
    if (uniform !== undefined) this.#uniform.set(key, action)
    return action
  }

  #intern(row: Int32Array, depth: number): number {
    const key = `${depth}:${row.subarray(0x80, 0xc0).join()}`
    let action = this.#known.get(key)
    if (action === undefined) {
      action = GO - this.#actions.length
      this.#known.set(key, action)
      this.#actions.push(row)
      this.#depths.push(depth)
    }
    return action
  }

  /** The class of all code points from `base` on, when it is one and none of them is cut out of UTF-8. */
  #uniformClass(base: number, left: number): number | undefined {
    const last = base + (1 << (6 * left)) - 1
    const cut = last > 0x10ffff || (base < 0x800 && left > 1) || (base < 0x10000 && left > 2)
    if (cut || (base <= 0xdfff && last >= 0xd800)) return undefined
    const interval = this.#alphabet.intervalOf(base)
    if (this.#alphabet.intervalOf(last) !== interval) return undefined
    return this.#alphabet.classes[interval]
  }
}

/** Whether a sequence may go on this way: no overlong form, no surrogate, nothing above the last code point. */
function isEncodable(first: number, left: number, depth: number): boolean {
  const total = left + depth
  if (total === 3 && first < 0x800) return false
  if (total === 4 && (first < 0x10000 || first > 0x10ffff)) return false
  return first < 0xd800 || first > 0xdfff
}

/** Bytes that act alike in every node are one class. Continuation bytes differ in the nodes, all others at the start. */
function groupBytes([root, ...nodes]: readonly Int32Array[]): { byteClass: Uint8Array; classBytes: readonly number[] } {
  const byteClass = new Uint8Array(256)
  const classBytes: number[] = []
  const known = new Map<string, number>()
  for (let byte = 0; byte < 256; byte++) {
    const continues = byte >= 0x80 && byte <= 0xbf
    const key = continues ? `:${nodes.map(row => row[byte]).join()}` : byte === NEWLINE ? 'newline' : `${root?.[byte]}`
    let index = known.get(key)
    if (index === undefined) {
      known.set(key, (index = classBytes.length))
      classBytes.push(byte)
    }
    byteClass[byte] = index
  }
  return { byteClass, classBytes }
}
