import { createHash, hash } from 'node:crypto'

/** Which lines {@link logText} makes. */
export interface LogTextOptions {
  readonly name?: string
  /** Number of the first line. */
  readonly from?: number
}

/**
 * Lines of many lengths, the same for the same name and number; every fifth is a `hit`. They pack to no less than half of
 * their length, so that whoever counts bytes on their way need not know whether a link was slow enough for packing.
 */
export function logText(lines: number, { name = 'a', from = 0 }: LogTextOptions = {}): string {
  let text = ''
  for (let i = from; i < from + lines; i++) {
    const head = `${name} ${i}`
    text += `${head} ${i % 5 === 0 ? 'hit' : 'miss'} ${hash('sha512', head).slice(0, (i * 41) % 129)}\n`
  }
  return text
}

/** What a long text is compared by. */
export function digest(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}
