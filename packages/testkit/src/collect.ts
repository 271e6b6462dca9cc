/** Options of {@link collect}. */
export interface CollectOptions<T> {
  /** Stops once this is true of everything so far. @defaultValue the end of the iteration */
  readonly until?: (items: readonly T[]) => boolean
  /** Fails after this long, telling what had come. @defaultValue 10,000 */
  readonly timeoutMs?: number
}

/** What an async iterable yields, until there is enough of it; then it is closed. */
export async function collect<T>(
  items: AsyncIterable<T>,
  { until = () => false, timeoutMs = 10_000 }: CollectOptions<T> = {},
): Promise<T[]> {
  const iterator = items[Symbol.asyncIterator]()
  const found: T[] = []
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no end after ${timeoutMs} ms, ${found.length} came: ${tell(found)}`)),
      timeoutMs,
    )
  })
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), timeout])
      if (next.done) return found
      found.push(next.value)
      if (!until(found)) continue
      await Promise.race([iterator.return?.(), timeout])
      return found
    }
  } finally {
    clearTimeout(timer)
  }
}

function tell(items: readonly unknown[]): string {
  return items
    .slice(-3)
    .map(item =>
      JSON.stringify(item, (_key, value: unknown) => (ArrayBuffer.isView(value) ? `${value.byteLength} bytes` : value)),
    )
    .join(', ')
}
