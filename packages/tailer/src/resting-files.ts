import { PackedTexts } from './packed-texts.ts'
import type { RestingFile, RestingOpener } from './resting-file.ts'
import type { RestingGeneration } from './resting-generation.ts'
import { packResting, unpackResting, unpackSource } from './resting-record.ts'
import { SharedTexts } from './shared-texts.ts'

/**
 * The records of files at rest, each packed into a text of three lines: what a glance at its path gave, the number of what
 * it has in common with others, and the rest of it.
 */
export class RestingFiles {
  readonly #packed = new PackedTexts()
  readonly #common = new SharedTexts()
  /** Few, of which not all can be packed: what a restart has still to find beside them. */
  readonly #missing = new Map<string, RestingOpener['missing']>()

  get size(): number {
    return this.#packed.size
  }

  /** Paths, in the order in which they came to rest; they may come and go meanwhile. */
  paths(): Generator<string, void, undefined> {
    return this.#packed.keys()
  }

  has(path: string): boolean {
    return this.#packed.has(path)
  }

  get(path: string): RestingFile | undefined {
    const text = this.#packed.get(path)
    if (text === undefined) return undefined
    const [glance, common, self] = linesOf(text)
    const texts = { common: this.#common.get(Number(common)), self }
    return { glance, ...unpackResting(texts, this.#missing.get(path)) }
  }

  /** As which source it is read, and from where: what is told of each of thousands at once. */
  sourceOf(path: string): Pick<RestingGeneration, 'sourceId' | 'startOffset'> | undefined {
    const text = this.#packed.get(path)
    return text === undefined ? undefined : unpackSource(linesOf(text)[2])
  }

  /** Whether a glance at the path gives something else now. */
  sees(path: string, glance: string): boolean {
    return this.#packed.beginsWith(path, `${glance}\n`)
  }

  set(path: string, { glance, ...file }: RestingFile): void {
    this.delete(path)
    const { missing } = file.opener
    if (missing) this.#missing.set(path, missing)
    const { common, self } = packResting(file)
    this.#packed.set(path, `${glance}\n${this.#common.take(common)}\n${self}`)
  }

  delete(path: string): void {
    const text = this.#packed.get(path)
    if (text === undefined) return
    this.#common.leave(Number(linesOf(text)[1]))
    this.#packed.delete(path)
    this.#missing.delete(path)
  }
}

function linesOf(text: string): readonly [glance: string, common: string, self: string] {
  const first = text.indexOf('\n')
  const second = text.indexOf('\n', first + 1)
  return [text.slice(0, first), text.slice(first + 1, second), text.slice(second + 1)]
}
