/** What a thread is told once: how to search. */
export interface StripeSetup {
  readonly kind: 'setup'
  readonly pattern: string
  readonly literal: boolean
  readonly invert: boolean
  readonly withNewline: boolean
  /** Of a file that all threads of the process have open. */
  readonly descriptor: number
  /** A longer line ends the search. */
  readonly maxLineBytes: number
}

/** A part of the file to search: the lines that begin between `from` and `to`. */
export interface StripeJob {
  readonly kind: 'stripe'
  readonly index: number
  readonly from: number
  readonly to: number
  /** Memory for the answer, when some is left from before. */
  readonly memory: ArrayBuffer | undefined
}

/** What was found in a stripe. */
export interface StripeAnswer {
  readonly index: number
  /** Where its first line begins and its last one ends; both -1 when no line begins in it. */
  readonly start: number
  readonly through: number
  /** The chosen lines are the first `length` bytes. */
  readonly memory: ArrayBuffer
  readonly length: number
  /** The rest of the stripe was not searched: a line is too long or open, the file ends, or it cannot be read. */
  readonly stopped: boolean
}

/** Messages between threads; a `Worker` and a `MessagePort` of `node:worker_threads` are such. */
export interface StripeThread {
  postMessage(message: unknown, transfer: readonly ArrayBuffer[]): void
  on(event: 'message' | 'error', heard: (messageOrError: unknown) => void): unknown
}
