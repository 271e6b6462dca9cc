/** How a `packed` frame may be packed. */
export const NATIVE_PACKINGS = ['zstd', 'gzip'] as const

/** A name of {@link NATIVE_PACKINGS}. */
export type NativePacking = (typeof NATIVE_PACKINGS)[number]

/** What a client says of itself when it asks for frames. Everything has a default, so that either side may be older. */
export interface NativeTerms {
  /**
   * `lines`: every line with its offset and number. `bytes`: only what is printed, in blocks whose lines nobody has
   * looked for. @defaultValue `lines`
   */
  readonly detail?: 'lines' | 'bytes' | undefined
  /** Packings that the client can read; none keeps the stream as it is. @defaultValue none */
  readonly packings?: readonly NativePacking[] | undefined
  /** Pack from the start instead of when the link turns out to be slow. @defaultValue false */
  readonly packAlways?: boolean | undefined
  /** Longest SSH packet of data that the client takes, in bytes. @defaultValue what SSH agreed on */
  readonly maxPacketBytes?: number | undefined
  /** Commands that follow, after which the server need not wait for another one. @defaultValue not known */
  readonly commands?: number | undefined
}

/** The words behind the command's name, each with a space before it. */
export function formatNativeTerms({
  detail,
  packings = [],
  packAlways,
  maxPacketBytes,
  commands,
}: NativeTerms): string {
  const words = [
    ...(detail === undefined ? [] : [`detail=${detail}`]),
    ...(packings.length === 0 ? [] : [`pack=${packings.join(',')}`]),
    ...(packAlways ? ['pack-always=true'] : []),
    ...(maxPacketBytes === undefined ? [] : [`packet=${maxPacketBytes}`]),
    ...(commands === undefined ? [] : [`commands=${commands}`]),
  ]
  return words.map(word => ` ${word}`).join('')
}

/** Reads what {@link formatNativeTerms} wrote. Total: what is unknown or makes no sense is passed over. */
export function parseNativeTerms(words: readonly string[]): NativeTerms {
  const terms: { -readonly [Key in keyof NativeTerms]: NativeTerms[Key] } = {}
  for (const word of words) {
    const [, key = '', value = ''] = /^([a-z-]+)=(.*)$/.exec(word) ?? []
    if (key === 'detail' && (value === 'lines' || value === 'bytes')) terms.detail = value
    if (key === 'pack') terms.packings = NATIVE_PACKINGS.filter(name => value.split(',').includes(name))
    if (key === 'pack-always') terms.packAlways = value === 'true'
    if (!/^\d{1,9}$/.test(value)) continue
    if (key === 'packet') terms.maxPacketBytes = Number(value)
    if (key === 'commands') terms.commands = Number(value)
  }
  return terms
}
