import type { Screen } from './screen.ts'

/** Every number that the demo prints, next to what was really written. */
export class Claims {
  readonly #screen: Screen
  readonly #broken: string[] = []
  #held = 0

  constructor(screen: Screen) {
    this.#screen = screen
  }

  /** What did not hold, in words. */
  get broken(): readonly string[] {
    return this.#broken
  }
  get held(): number {
    return this.#held
  }

  /** Compares and says so. */
  async equal(what: string, shown: string | number, written: string | number): Promise<void> {
    if (shown === written) {
      this.#held++
      await this.#screen.say(`  ✓ ${what}: ${shown}`)
    } else {
      this.#broken.push(`${what}: shown ${shown}, written ${written}`)
      await this.#screen.alarm(`${what}: shown ${shown}, written ${written}`)
    }
  }

  /** Checks a fact that is not a comparison. */
  async holds(what: string, fact: boolean, facts: string): Promise<void> {
    if (fact) this.#held++
    else this.#broken.push(`${what}: ${facts}`)
    await (fact ? this.#screen.say(`  ✓ ${what}: ${facts}`) : this.#screen.alarm(`${what}: ${facts}`))
  }
}
