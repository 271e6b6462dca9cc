/** Options of {@link AdmissionGate}. */
export interface AdmissionGateOptions {
  /** Admissions at a time, at least 1. */
  readonly maxInFlight: number
  /** Bytes that all admissions may declare together. @defaultValue no limit on bytes */
  readonly maxInFlightBytes?: number
}

/** The right to work on something until it is released. */
export interface Admission {
  readonly bytes: number
  /** Gives the place back. Only the first call counts. */
  release(): void
}

/** What a gate has seen. */
export interface AdmissionStats {
  readonly inFlight: number
  readonly inFlightBytes: number
  /** Since the start. */
  readonly admitted: number
  /** Since the start. */
  readonly refused: number
}

/**
 * Decides at once whether one more may come in, and never queues: who is refused tries again later, and costs nothing
 * meanwhile.
 */
export class AdmissionGate {
  readonly #maxInFlight: number
  readonly #maxInFlightBytes: number
  #inFlight = 0
  #inFlightBytes = 0
  #admitted = 0
  #refused = 0

  /** @throws RangeError for limits below 1 */
  constructor({ maxInFlight, maxInFlightBytes = Number.MAX_SAFE_INTEGER }: AdmissionGateOptions) {
    if (!(maxInFlight >= 1)) throw new RangeError(`maxInFlight is ${maxInFlight}, must be at least 1`)
    if (!(maxInFlightBytes >= 1)) throw new RangeError(`maxInFlightBytes is ${maxInFlightBytes}, must be at least 1`)
    this.#maxInFlight = maxInFlight
    this.#maxInFlightBytes = maxInFlightBytes
  }

  /**
   * A place, or `undefined` when there is none. One that asks for more bytes than the gate has at all is always
   * refused.
   *
   * @throws RangeError when `bytes` is negative
   */
  tryEnter(bytes = 0): Admission | undefined {
    if (!(bytes >= 0)) throw new RangeError(`bytes is ${bytes}, must not be negative`)
    if (this.#inFlight >= this.#maxInFlight || this.#inFlightBytes + bytes > this.#maxInFlightBytes) {
      this.#refused++
      return undefined
    }
    this.#inFlight++
    this.#inFlightBytes += bytes
    this.#admitted++
    let released = false
    const release = (): void => {
      if (released) return
      released = true
      this.#inFlight--
      this.#inFlightBytes -= bytes
    }
    return { bytes, release }
  }

  /** A snapshot of the counters. */
  stats(): AdmissionStats {
    return {
      inFlight: this.#inFlight,
      inFlightBytes: this.#inFlightBytes,
      admitted: this.#admitted,
      refused: this.#refused,
    }
  }
}
