/** What `@logdna/tail-file` checks, in its order. */
interface UncheckedOptions {
  readonly startPos: unknown
  readonly pollFileIntervalMs: unknown
  readonly pollFailureRetryMs: unknown
  readonly maxPollFailures: unknown
  readonly readStreamOpts: unknown
}

const TYPED = [
  ['pollFileIntervalMs', 'number', 'EPOLLINTERVAL'],
  ['pollFailureRetryMs', 'number', 'EPOLLRETRY'],
  ['maxPollFailures', 'number', 'EMAXPOLLFAIL'],
  ['readStreamOpts', 'object', 'EREADSTREAMOPTS'],
] as const

/** @throws TypeError, RangeError with `code` and `meta.got`, as the original words them */
export function checkTailFileOptions(filename: unknown, options: UncheckedOptions): void {
  if (typeof filename !== 'string' || filename === '') {
    throw Object.assign(new TypeError('filename must be a non-empty string'), { code: 'EFILENAME' })
  }
  for (const [name, type, code] of TYPED) {
    const value = options[name]
    if (!value || typeof value === type) continue
    const got = type === 'object' ? typeof value : value
    const article = type === 'object' ? 'an' : 'a'
    throw Object.assign(new TypeError(`${name} must be ${article} ${type}`), { code, meta: { got } })
  }
  const { startPos } = options
  if (startPos === null || startPos === undefined) return
  const message = 'startPos must be an integer >= 0'
  if (typeof startPos !== 'number') {
    throw Object.assign(new TypeError(message), { code: 'ESTARTPOS', meta: { got: typeof startPos } })
  }
  if (startPos < 0 || !Number.isInteger(startPos)) {
    throw Object.assign(new RangeError(message), { code: 'ESTARTPOS', meta: { got: startPos } })
  }
}
