import { ProtocolError } from '../errors.ts'

/**
 * The pattern of a read command. `noop` passes every line, `default` those that match, `invert` those that do not.
 * `literal` says that the pattern has no character with a meaning, so that a byte search answers the same.
 */
export interface DtailPattern {
  readonly kind: 'default' | 'invert' | 'noop'
  /** RE2 syntax; empty for `noop`. */
  readonly pattern: string
  readonly literal: boolean
}

const KINDS = ['default', 'invert', 'noop'] as const
const META = /[.+*?^$[\]{}()|\\]/

/** A person's pattern as the commands carry it. Empty, `.` and `.*` become a no-op even with `invert`, as in DTail. */
export function formatPattern({
  pattern,
  invert = false,
}: {
  readonly pattern: string
  readonly invert?: boolean
}): string {
  if (pattern === '' || pattern === '.' || pattern === '.*') return 'regex:noop '
  return `regex:${invert ? 'invert' : 'default'}${META.test(pattern) ? '' : ',literal'} ${pattern}`
}

/**
 * Reads what {@link formatPattern} wrote. Without a space it is a no-op, without flags `default`; of several flags the
 * first counts.
 *
 * @throws ProtocolError `LF_PROTOCOL_COMMAND`, its message is the text that the original answers
 */
export function parsePattern(text: string): DtailPattern {
  const space = text.indexOf(' ')
  if (space === -1) return { kind: 'noop', pattern: '', literal: false }
  const head = text.slice(0, space)
  const pattern = text.slice(space + 1)
  if (!head.startsWith('regex')) {
    throw new ProtocolError(
      'LF_PROTOCOL_COMMAND',
      `unable to deserialize regex '${text}': should start with string 'regex'`,
    )
  }
  const colon = head.indexOf(':')
  const flagText = colon === -1 ? '' : head.slice(colon + 1)
  const flags = flagText === '' ? [] : flagText.split(',')
  for (const flag of flags) {
    if (flag === 'literal' || KINDS.some(kind => kind === flag)) continue
    throw new ProtocolError('LF_PROTOCOL_COMMAND', `unknown regex flag ${JSON.stringify(flag)}: '${text}'`)
  }
  const kind = KINDS.find(name => name === flags[0]) ?? 'default'
  if (kind === 'noop') return { kind, pattern: '', literal: false }
  return { kind, pattern, literal: !META.test(pattern) }
}
