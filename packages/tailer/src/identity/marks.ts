import type { Clock } from '@logflow/core'

/** Marks that tell contents of one inode apart: those of one follow never come twice, those of another run hardly. */
export class Marks {
  readonly #clock: Clock
  #given = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Another one, in base 36: the time in ms, and two digits that count. */
  next(): string {
    const count = this.#given++ % 36 ** 2
    return `${this.#clock.now().toString(36)}${count.toString(36).padStart(2, '0')}`
  }
}
