import { CoreError } from './errors.ts'

/** Where to go on: enough to prove that the source is still the same and to seek. Opaque as text, versioned. */
export interface ResumeToken {
  /** {@link Source.id} of the source. */
  readonly sourceId: string
  /** Offset of the next byte. */
  readonly offset: number
  /** Hash of the last bytes before `offset`; empty when nothing was read yet. */
  readonly tailHash: string
}

const VERSION = 'lf1'
const SOURCE_ID = /^[A-Za-z0-9._:~-]{1,256}$/
const TAIL_HASH = /^[A-Za-z0-9._:-]{0,128}$/

/** The token as one word of ASCII: `lf1,<sourceId>,<offset>,<tailHash>`. @throws CoreError `LF_CORE_RESUME_TOKEN` */
export function formatResumeToken({ sourceId, offset, tailHash }: ResumeToken): string {
  const text = `${VERSION},${sourceId},${offset},${tailHash}`
  parseResumeToken(text)
  return text
}

/** Reads what {@link formatResumeToken} wrote. @throws CoreError `LF_CORE_RESUME_TOKEN` on anything else */
export function parseResumeToken(text: string): ResumeToken {
  const parts = text.split(',')
  const [version, sourceId = '', offsetText = '', tailHash = ''] = parts
  const offset = Number(offsetText)
  const valid =
    parts.length === 4 &&
    version === VERSION &&
    SOURCE_ID.test(sourceId) &&
    /^\d{1,16}$/.test(offsetText) &&
    Number.isSafeInteger(offset) &&
    TAIL_HASH.test(tailHash)
  if (!valid) throw new CoreError('LF_CORE_RESUME_TOKEN', `not a resume token: ${JSON.stringify(text.slice(0, 80))}`)
  return { sourceId, offset, tailHash }
}
