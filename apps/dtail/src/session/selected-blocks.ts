import type { Source } from '@logflow/core'
import type { LineBlock } from '@logflow/tailer'
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

/** The chosen lines of a file as blocks: runs of neighbours are copied together, nobody handles a line. */
export class SelectedBlocks {
  readonly #answers: NativeAnswers
  readonly #options: SelectedBlocksOptions
  #gathered: Buffer = Buffer.allocUnsafeSlow(NATIVE_BATCH_BYTES)
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
    if (end > this.#options.fromOffset) {
      const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      const runs = this.#options.choice.runsOf(buffer)
      for (let i = 0; i < runs.length; i += 2) {
        const skipped = this.#options.fromOffset - offset
        const from = Math.max(runs[i] as number, skipped <= 0 ? 0 : skipped)
        const to = runs[i + 1] as number
        if (to <= from) continue
        if (this.#filled + to - from > NATIVE_BATCH_BYTES) await this.flush()
        if (this.#filled === 0) this.#offset = offset + from
        this.#through = offset + to
        if (to - from > NATIVE_BATCH_BYTES) await this.#send(buffer.subarray(from, to))
        else this.#filled += buffer.copy(this.#gathered, this.#filled, from, to)
      }
    }
    if (cut || this.#filled > NATIVE_BATCH_BYTES / 2) await this.flush()
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
