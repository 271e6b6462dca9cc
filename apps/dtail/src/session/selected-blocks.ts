import type { Source } from '@logflow/core'
import type { LineBlock } from '@logflow/tailer'
import type { ChosenLines } from '@logflow/match'
import type { LineChoice } from '../whole-file/line-choice.ts'
import type { NativeAnswers } from './native-answers.ts'
import { NATIVE_BATCH_BYTES, POSITION_BYTES } from './native-limits.ts'

/** What is searched, for what, and what the client has already. */
export interface SelectedBlocksOptions {
  readonly source: Source
  readonly choice: LineChoice
  /** Lines before it are left out. */
  readonly fromOffset: number
}

/** Bytes that are enough for most answers. */
const SMALL_BYTES = 16 * 1024

/** So much is sent as it lies; less is gathered. */
const LARGE_BYTES = NATIVE_BATCH_BYTES / 4

/** The chosen lines of a file as blocks, in the pieces in which they are chosen: nobody handles a line. */
export class SelectedBlocks {
  readonly #answers: NativeAnswers
  readonly #options: SelectedBlocksOptions
  #gathered: Uint8Array = new Uint8Array(0)
  #filled = 0
  #offset = 0
  #through = 0
  #told = 0

  constructor(answers: NativeAnswers, options: SelectedBlocksOptions) {
    this.#answers = answers
    this.#options = options
  }

  /** Searches the next block of the source. */
  async take({ bytes, offset, cut }: LineBlock): Promise<void> {
    const end = offset + bytes.length
    const known = Math.max(0, this.#options.fromOffset - offset)
    if (known < bytes.length) await this.#add(this.#options.choice.choose(bytes.subarray(known)), offset + known)
    if (cut) await this.flush()
    if (end - Math.max(this.#told, this.#through) < POSITION_BYTES) return
    await this.flush()
    this.#told = end
    await this.#answers.send({ kind: 'position', source: this.#options.source, offset: end })
  }

  /** Sends what was gathered. */
  async flush(): Promise<void> {
    if (this.#filled === 0) return
    const bytes = this.#gathered.subarray(0, this.#filled)
    this.#filled = 0
    await this.#send(bytes)
  }

  /** @param offset - Where in the source the text lies of which was chosen. */
  async #add({ bytes, from, to }: ChosenLines, offset: number): Promise<void> {
    if (bytes.length === 0) return
    if (bytes.length >= LARGE_BYTES || this.#filled + bytes.length > NATIVE_BATCH_BYTES) await this.flush()
    if (this.#filled === 0) this.#offset = offset + from
    this.#through = offset + to
    if (bytes.length >= LARGE_BYTES) return this.#send(bytes)
    this.#gather(bytes)
  }

  /** Small answers need little memory: a thousand sessions that come and go would leave much behind. */
  #gather(lines: Uint8Array): void {
    const size = this.#filled + lines.length
    if (size > this.#gathered.length) {
      const larger = new Uint8Array(size <= SMALL_BYTES ? SMALL_BYTES : NATIVE_BATCH_BYTES)
      larger.set(this.#gathered.subarray(0, this.#filled))
      this.#gathered = larger
    }
    this.#gathered.set(lines, this.#filled)
    this.#filled = size
  }

  #send(bytes: Uint8Array): Promise<void> {
    const [offset, through] = [this.#offset, this.#through]
    const selected = through - offset !== bytes.length
    const { source } = this.#options
    return this.#answers.sendBlock({
      kind: 'block',
      source,
      offset,
      through,
      firstLine: 0,
      bytes,
      selected,
      open: false,
    })
  }
}
