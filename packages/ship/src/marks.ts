import { MAX_MARKS, MAX_MARK_BYTES } from './limits.ts'

/** What a producer wants to find again after a crash: durable with the delivery it came with, or not at all. */
export interface Mark {
  /** Whose it is; the last one of a key counts. */
  readonly key: string
  readonly value: string
}

/** The last mark of each key, of the keys used last. */
export class Marks implements Iterable<Mark> {
  readonly #values = new Map<string, string>()

  set({ key, value }: Mark): void {
    this.#values.delete(key) // put it last: a Map keeps the order of insertion
    this.#values.set(key, value)
    if (this.#values.size > MAX_MARKS) this.#values.delete(this.#values.keys().next().value as string)
  }

  /** Least recently used first. */
  *[Symbol.iterator](): Generator<Mark, void, undefined> {
    for (const [key, value] of this.#values) yield { key, value }
  }
}

/** The mark as bytes, empty for none. @throws RangeError when it is too long */
export function encodeMark(mark: Mark | undefined): Uint8Array {
  const bytes = new TextEncoder().encode(mark ? JSON.stringify([mark.key, mark.value]) : '')
  if (bytes.length > MAX_MARK_BYTES) throw new RangeError(`mark of ${bytes.length} bytes, limit is ${MAX_MARK_BYTES}`)
  return bytes
}

/** Reads what {@link encodeMark} wrote and a checksum has proved. */
export function decodeMark(bytes: Uint8Array): Mark | undefined {
  if (bytes.length === 0) return undefined
  const [key, value] = JSON.parse(new TextDecoder().decode(bytes)) as [string, string]
  return { key, value }
}
