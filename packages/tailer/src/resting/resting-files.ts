import { PackedTexts } from './packed-texts.ts'
import type { RestingFile, RestingOpener } from './resting-file.ts'
import type { RestingGeneration } from './resting-generation.ts'
import { packCommon, packResting, unpackResting, unpackSource } from './resting-record.ts'
import { SharedTexts } from './shared-texts.ts'

/** How the text of a file ends: whether somebody was told that it is followed. */
const [TOLD, UNTOLD] = ['+', '-']

/**
 * The records of files at rest, each packed into a text of three lines: what a glance at its path gave, the number of what
 * it has in common with others, and the rest of it.
 */
export class RestingFiles {
  readonly #packed = new PackedTexts()
  readonly #common = new SharedTexts()
  /** Few, of which not all can be packed: what a restart has still to find beside them. */
  readonly #missing = new Map<string, RestingOpener['missing']>()
  #untold = 0
  /** What is packed of one opener, as thousands that are taken up at once have one. */
  #lastCommon: { readonly opener: RestingOpener; readonly text: string } | undefined

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
    const { glance, common, self, announced } = linesOf(text)
    const texts = { common: this.#common.get(common), self, announced }
    return { glance, ...unpackResting(texts, this.#missing.get(path)) }
  }

  /** As which source it is read, and from where: what is told of each of thousands at once. */
  sourceOf(path: string): Pick<RestingGeneration, 'sourceId' | 'startOffset'> | undefined {
    const text = this.#packed.get(path)
    return text === undefined ? undefined : unpackSource(linesOf(text).self)
  }

  /** Whether a glance at the path gives something else now. */
  sees(path: string, glance: string): boolean {
    return this.#packed.beginsWith(path, `${glance}\n`)
  }

  set(path: string, { glance, ...file }: RestingFile): void {
    this.delete(path)
    const { missing } = file.opener
    if (missing) this.#missing.set(path, missing)
    const { common, self, announced } = packResting(file, this.#commonOf(file.opener))
    this.#packed.set(path, `${glance}\n${this.#common.take(common)}\n${self}${announced ? TOLD : UNTOLD}`)
    if (!announced) this.#untold++
  }

  #commonOf(opener: RestingOpener): string {
    if (this.#lastCommon?.opener !== opener) this.#lastCommon = { opener, text: packCommon(opener) }
    return this.#lastCommon.text
  }

  delete(path: string): void {
    const text = this.#packed.get(path)
    if (text === undefined) return
    const { common, announced } = linesOf(text)
    this.#common.leave(common)
    if (!announced) this.#untold--
    this.#packed.delete(path)
    this.#missing.delete(path)
  }

  /** Of how many nobody was told that they are followed. */
  get unannounced(): number {
    return this.#untold
  }

  /** Paths of which nobody was told that they are followed: whoever gets one tells it. */
  *takeUnannounced(): Generator<string, void, undefined> {
    for (const path of this.#packed.keys()) {
      if (this.#untold === 0) return
      if (!this.#packed.replaceEnd(path, UNTOLD, TOLD)) continue
      this.#untold--
      yield path
    }
  }
}

interface Lines {
  readonly glance: string
  /** The number of what it has in common with others. */
  readonly common: number
  readonly self: string
  readonly announced: boolean
}

function linesOf(text: string): Lines {
  const first = text.indexOf('\n')
  const second = text.indexOf('\n', first + 1)
  const common = Number(text.slice(first + 1, second))
  return { glance: text.slice(0, first), common, self: text.slice(second + 1, -1), announced: text.endsWith(TOLD) }
}
