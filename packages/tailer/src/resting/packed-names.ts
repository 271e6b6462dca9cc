/** Names in an order; an array of them is one. */
export interface Names extends Iterable<string> {
  readonly length: number
}

/**
 * The names in one folder as one text. As strings of their own tens of thousands would be copied by one collection of
 * the young generation after another, which grows by that.
 */
export class PackedNames implements Names {
  readonly length: number
  readonly #text: string

  constructor(names: readonly string[]) {
    this.length = names.length
    this.#text = names.join('/')
  }

  *[Symbol.iterator](): Generator<string, void, undefined> {
    for (let left = this.length, from = 0; left > 0; left--) {
      const end = left === 1 ? this.#text.length : this.#text.indexOf('/', from)
      yield this.#text.slice(from, end)
      from = end + 1
    }
  }

  /** Those that `test` is true of. */
  filter(test: (name: string) => boolean): PackedNames {
    const left: string[] = []
    for (const name of this) if (test(name)) left.push(name)
    return new PackedNames(left)
  }
}
