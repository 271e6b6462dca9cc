import type { Output } from '@logflow/cli'

/** A terminal whose data can be held back, so that a person has time to read something else. */
export class HeldOutput implements Output {
  readonly #output: Output
  #held: Promise<void> | undefined
  /** Called before each write, to make room for it. */
  beforeWrite: () => void = () => {}

  constructor(output: Output) {
    this.#output = output
  }

  get isTerminal(): boolean {
    return this.#output.isTerminal
  }
  get colors(): boolean {
    return this.#output.colors
  }
  get columns(): number {
    return this.#output.columns
  }
  get closed(): boolean {
    return this.#output.closed
  }
  onClosed(call: () => void): void {
    this.#output.onClosed(call)
  }

  async write(chunk: Uint8Array | string): Promise<void> {
    while (this.#held) await this.#held
    this.beforeWrite()
    return this.#output.write(chunk)
  }

  /** Writes past what is held back. */
  writeNow(text: string): Promise<void> {
    return this.#output.write(text)
  }

  /** Holds back what is written from now on, until `until` resolves. */
  hold(until: Promise<unknown>): void {
    const held = until.then(() => {
      if (this.#held === held) this.#held = undefined
    })
    this.#held = held
  }
}
