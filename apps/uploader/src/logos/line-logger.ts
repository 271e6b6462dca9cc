import type { Clock } from '@logflow/core'
import type { LogosBuckets } from '@logflow/ratelimit'
import { cleanLine } from './clean-line.ts'
import { LineCutter, type CutLine } from './line-cutter.ts'
import type { ModeSignal } from './mode-signals.ts'
import type { RecordWriter } from './record-writer.ts'

const SPLIT_WARNING = Buffer.from('W: previous log line was split. Use shorter lines.')

/** Input to records: cut, cleaned, offered to the buckets, written. */
export class LineLogger {
  readonly #writer: RecordWriter
  readonly #buckets: LogosBuckets
  readonly #clock: Clock
  readonly #onOffer: (cost: number) => void
  readonly #cutter = new LineCutter()

  constructor(
    writer: RecordWriter,
    buckets: LogosBuckets,
    { clock, onOffer = () => {} }: { readonly clock: Clock; readonly onOffer?: (cost: number) => void },
  ) {
    this.#writer = writer
    this.#buckets = buckets
    this.#clock = clock
    this.#onOffer = onOffer
  }

  push(chunk: Uint8Array): void {
    for (const line of this.#cutter.push(chunk)) this.#log(line)
  }

  /** The end of the input: a last line needs no newline, and what is being dropped is told. */
  end(): void {
    const last = this.#cutter.end()
    if (last) this.#log(last)
    for (const message of this.#buckets.finish()) this.#writer.write(Buffer.from(message))
  }

  /** At once, where the original waits for its next input. */
  setMode(mode: ModeSignal): void {
    if (mode === 'restart') {
      this.#buckets.restart()
      return
    }
    const message = this.#buckets.setUnlimited(mode === 'unlimited')
    if (message !== undefined) this.#writer.write(Buffer.from(message))
  }

  #log({ bytes, overlong }: CutLine): void {
    this.#offer(cleanLine(bytes))
    if (overlong) this.#offer(SPLIT_WARNING)
  }

  #offer(body: Uint8Array): void {
    const cost = this.#writer.headerBytes + body.length + 1
    this.#onOffer(cost)
    const { accepted, messages } = this.#buckets.offer(cost, this.#clock.monotonicMs())
    for (const message of messages) this.#writer.write(Buffer.from(message))
    if (accepted) this.#writer.write(body)
  }
}
