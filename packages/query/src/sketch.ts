// Quantiles that can be merged, after "DDSketch: A Fast and Fully-Mergeable Quantile Sketch with Relative-Error
// Guarantees" (Masson, Rim and Lee, 2019): values are counted by the order of their magnitude, in steps so small that
// what is said of a step is at most one percent off. Counts add up, so what is merged first makes no difference.
//
//     sketch := "s1" ";" zeros ";" run ";" run       values that count as 0; positive ones; negative ones
//     run    := [ first ( "," count )+ ]             counts of the steps from `first` on, numbers in base 36

/** How far a quantile may be off, relative to the value it stands for. */
const RELATIVE_ERROR = 0.01
const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
const STEPS_PER_E = 1 / Math.log(GAMMA)
/** Smaller magnitudes count as 0, larger ones as the largest: that bounds a sketch, and no order of merging shows. */
const SMALLEST = 1e-12
const LARGEST = 1e21
const FIRST_STEP = stepOf(SMALLEST)
const LAST_STEP = stepOf(LARGEST)

const VERSION = 's1'

/** Counts numbers so that any quantile of them can be told within one percent. Takes at most some 60 KB. */
export class Sketch {
  #zeros = 0
  readonly #positive = new Steps()
  readonly #negative = new Steps()

  /** Numbers counted. */
  get count(): number {
    return this.#zeros + this.#positive.total + this.#negative.total
  }

  /** Counts a number. NaN is none. */
  add(value: number): void {
    const magnitude = Math.abs(value)
    if (magnitude < SMALLEST) this.#zeros++
    else if (magnitude >= SMALLEST) {
      const steps = value > 0 ? this.#positive : this.#negative
      steps.add(magnitude > LARGEST ? LAST_STEP : stepOf(magnitude), 1)
    }
  }

  /** Counts everything that another sketch has counted. */
  merge({ zeros, positive, negative }: SketchCounts): void {
    this.#zeros += zeros
    for (const [step, count] of positive) this.#positive.add(step, count)
    for (const [step, count] of negative) this.#negative.add(step, count)
  }

  /** The number that `percent` of all are at most: of n ascending numbers the one at index ⌊percent/100·(n-1)⌋. 0 for none. */
  quantile(percent: number): number {
    let rank = Math.floor((percent / 100) * (this.count - 1))
    for (const [step, count] of this.#negative.descending()) if ((rank -= count) < 0) return -valueOf(step)
    if ((rank -= this.#zeros) < 0) return 0
    for (const [step, count] of this.#positive.ascending()) if ((rank -= count) < 0) return valueOf(step)
    return 0
  }

  /** As text, for the wire. */
  format(): string {
    return [VERSION, base36(this.#zeros), this.#positive.format(), this.#negative.format()].join(';')
  }
}

/** What is in a sketch: how many values count as 0, and pairs of step and count. */
export interface SketchCounts {
  readonly zeros: number
  readonly positive: readonly (readonly [step: number, count: number])[]
  readonly negative: readonly (readonly [step: number, count: number])[]
}

/** Reads what {@link Sketch.format} wrote; `undefined` for anything else. */
export function parseSketch(text: string): SketchCounts | undefined {
  const [version, zeros, positive, negative, ...more] = text.split(';')
  if (version !== VERSION || zeros === undefined || positive === undefined || negative === undefined || more.length > 0)
    return undefined
  const [zeroCount] = numbersIn(zeros) ?? []
  const [positiveSteps, negativeSteps] = [stepsIn(positive), stepsIn(negative)]
  if (zeroCount === undefined || !positiveSteps || !negativeSteps) return undefined
  return { zeros: zeroCount, positive: positiveSteps, negative: negativeSteps }
}

/** Counts by step. */
class Steps {
  total = 0
  #first = 0
  #counts = new Float64Array(0)

  add(step: number, count: number): void {
    if (this.#counts.length === 0) this.#first = step
    const index = step - this.#first
    if (index < 0 || index >= this.#counts.length) return this.#grow(step, count)
    this.#counts[index] = (this.#counts[index] as number) + count
    this.total += count
  }

  *ascending(): Generator<readonly [step: number, count: number]> {
    for (let i = 0; i < this.#counts.length; i++)
      if (this.#counts[i] !== 0) yield [this.#first + i, this.#counts[i] as number]
  }

  *descending(): Generator<readonly [step: number, count: number]> {
    for (let i = this.#counts.length - 1; i >= 0; i--)
      if (this.#counts[i] !== 0) yield [this.#first + i, this.#counts[i] as number]
  }

  format(): string {
    const from = this.#counts.findIndex(count => count !== 0)
    if (from === -1) return ''
    const to = this.#counts.findLastIndex(count => count !== 0)
    return [base36(this.#first + from), ...Array.from(this.#counts.subarray(from, to + 1), base36)].join(',')
  }

  /** Values of a group are often near one another: room for a few more on the side that is new. */
  #grow(step: number, count: number): void {
    const spare = 16 + (this.#counts.length >> 2)
    const last = this.#first + this.#counts.length - 1
    const from = Math.max(FIRST_STEP, step < this.#first ? step - spare : this.#first)
    const to = Math.min(LAST_STEP, step > last ? step + spare : last)
    const counts = new Float64Array(to - from + 1)
    counts.set(this.#counts, this.#first - from)
    this.#first = from
    this.#counts = counts
    this.add(step, count)
  }
}

/** The step of a magnitude: the smallest power of gamma that is not below it. */
function stepOf(magnitude: number): number {
  return Math.ceil(Math.log(magnitude) * STEPS_PER_E)
}

/** What a step stands for: at most one percent from everything in it. */
function valueOf(step: number): number {
  return (2 * GAMMA ** step) / (GAMMA + 1)
}

function base36(number: number): string {
  return number.toString(36)
}

function stepsIn(text: string): (readonly [step: number, count: number])[] | undefined {
  if (text === '') return []
  const [first, ...counts] = numbersIn(text) ?? []
  if (first === undefined || first < FIRST_STEP || first + counts.length - 1 > LAST_STEP) return undefined
  if (counts.some(count => count < 0)) return undefined
  return counts.flatMap((count, index) => (count === 0 ? [] : [[first + index, count] as const]))
}

function numbersIn(text: string): number[] | undefined {
  if (text.length > 100_000 || !/^-?[\da-z]{1,11}(?:,[\da-z]{1,11})*$/.test(text)) return undefined
  const numbers = text.split(',').map(digits => Number.parseInt(digits, 36))
  return numbers.every(Number.isSafeInteger) ? numbers : undefined
}
