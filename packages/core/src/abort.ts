/** What every operation that can wait takes last. Rejects with `signal.reason`, never wrapped. */
export interface AbortOptions {
  readonly signal?: AbortSignal | undefined
}
