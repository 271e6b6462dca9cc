import type { Source } from '@logflow/core'
import type { ChosenLines } from '@logflow/match'
import type { LineBlock } from '@logflow/tailer'
import type { LineChoice } from '../whole-file/line-choice.ts'
import type { NativeAnswers } from './native-answers.ts'
import { NATIVE_BATCH_BYTES, POSITION_BYTES } from './native-limits.ts'

const NEWLINE = 10

/** Where blocks go. */
export type BlockTaker = Pick<NativeAnswers, 'send' | 'sendBlock'>

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

/** Lines that go into one packet: a client that has to join packets takes twice the time. */
const PACKET_BYTES = (NATIVE_BATCH_BYTES * 5) / 4

/** The chosen lines of a file as blocks, in the pieces in which they are chosen: nobody handles a line. */
export class SelectedBlocks {
  readonly #answers: BlockTaker
  readonly #options: SelectedBlocksOptions
  #gathered: Uint8Array = new Uint8Array(0)
  #filled = 0
  #offset = 0
  #through = 0
  #told = 0
  /** How much of the text was chosen of late. */
  #share = 0

  constructor(answers: BlockTaker, options: SelectedBlocksOptions) {
    this.#answers = answers
    this.#options = options
  }

  /** Searches the next block of the source. */
  async take({ bytes, offset, cut }: LineBlock): Promise<void> {
    const end = offset + bytes.length
    for (let at = Math.max(0, this.#options.fromOffset - offset), to; at < bytes.length; at = to) {
      to = at + this.#stretch(bytes.subarray(at))
      const chosen = this.#options.choice.choose(bytes.subarray(at, to))
      this.#share = chosen.bytes.length / (to - at)
      await this.#add(chosen, offset + at)
    }
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

  /** How many of the bytes to search at once, for what is chosen to fit into one packet. */
  #stretch(bytes: Uint8Array): number {
    const packets = Math.ceil((bytes.length * this.#share) / PACKET_BYTES)
    if (packets < 2) return bytes.length
    const newline = bytes.indexOf(NEWLINE, Math.floor(bytes.length / packets))
    return newline === -1 ? bytes.length : newline + 1
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
