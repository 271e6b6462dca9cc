/** Texts that many have in common are kept once, each under a number. */
export class SharedTexts {
  readonly #texts: (string | undefined)[] = []
  readonly #users: number[] = []
  readonly #numbers = new Map<string, number>()
  readonly #free: number[] = []

  /** The number of a text, until it is left as often as it was taken. */
  take(text: string): number {
    const known = this.#numbers.get(text)
    const number = known ?? this.#free.pop() ?? this.#texts.length
    this.#users[number] = known === undefined ? 1 : (this.#users[number] as number) + 1
    this.#texts[number] = text
    this.#numbers.set(text, number)
    return number
  }

  get(number: number): string {
    return this.#texts[number] as string
  }

  leave(number: number): void {
    const users = (this.#users[number] as number) - 1
    this.#users[number] = users
    if (users > 0) return
    this.#numbers.delete(this.get(number))
    this.#texts[number] = undefined
    this.#free.push(number)
  }
}
