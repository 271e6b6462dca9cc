import { StoreError } from '../errors.ts'
import { MAX_STREAM_BYTES } from '../limits.ts'

const PLAIN = /^[a-z0-9_.-]$/
const SEGMENT = /^(\d{10})\.seg$/

/**
 * The folder of a stream below the root of the store. Lower-case letters, digits, `_`, `-` and (not first) `.` stay;
 * every other byte of the UTF-8 becomes `%xx`. So no name leaves the root, starts with a dot, or meets another on a
 * file system without upper case.
 *
 * @throws StoreError `LF_STORE_STREAM` for an empty name, one over 80 bytes, one that is not well-formed, `__proto__`
 */
export function streamFolder(stream: string): string {
  const bytes = new TextEncoder().encode(stream)
  const valid = bytes.length >= 1 && bytes.length <= MAX_STREAM_BYTES && stream !== '__proto__'
  // TextEncoder turns a lone surrogate into U+FFFD: two names would share a folder.
  if (!valid || new TextDecoder().decode(bytes) !== stream)
    throw new StoreError('LF_STORE_STREAM', `not a name for a stream: ${JSON.stringify(stream.slice(0, 100))}`)
  let folder = ''
  for (const byte of bytes) {
    const char = String.fromCharCode(byte)
    folder += PLAIN.test(char) && !(char === '.' && folder === '') ? char : `%${byte.toString(16).padStart(2, '0')}`
  }
  return folder
}

/** The stream of a folder, `undefined` when {@link streamFolder} did not write the name. */
export function streamOfFolder(folder: string): string | undefined {
  try {
    const stream = decodeURIComponent(folder)
    return streamFolder(stream) === folder ? stream : undefined
  } catch {
    return undefined
  }
}

/** File name of segment `number`, which is at least 1. */
export function segmentFile(number: number): string {
  return `${String(number).padStart(10, '0')}.seg`
}

/** The number in a file name, `undefined` when it names no segment. */
export function segmentNumber(file: string): number | undefined {
  const digits = SEGMENT.exec(file)?.[1]
  return digits === undefined || Number(digits) === 0 ? undefined : Number(digits)
}
