import { decodeBase64, encodeBase64 } from '../base64.ts'
import { ProtocolError } from '../errors.ts'
import { strictUtf8Text, utf8Bytes } from '../utf8.ts'

/**
 * What follows the colon of a command name: `key=value` items joined by `:`. `quiet`, `plain` and `serverless` belong
 * to the session and are taken from its first command that has any option; the rest belongs to the command.
 */
export interface DtailOptions {
  readonly quiet?: boolean | undefined
  readonly plain?: boolean | undefined
  readonly serverless?: boolean | undefined
  /** Lines after which reading a source ends; absent for all. */
  readonly max?: number | undefined
  /** Lines of context before a match. */
  readonly before?: number | undefined
  /** Lines of context after a match. */
  readonly after?: number | undefined
  /** Keys that this version does not know, kept and otherwise ignored. */
  readonly other?: ReadonlyMap<string, string> | undefined
}

const FLAGS = ['quiet', 'plain', 'serverless'] as const
const NUMBERS = ['max', 'before', 'after'] as const
const ENCODED = 'base64%'

/** Whether any option is set, which decides whether a command settles the options of its session. */
export function hasOptions(options: DtailOptions): boolean {
  return Object.values(options).some(value => value !== undefined)
}

/** The items sorted by key, only those that are set; empty without any. A value that needs it goes as `base64%…`. */
export function formatOptions(options: DtailOptions): string {
  const items = new Map(options.other ?? [])
  for (const key of FLAGS) if (options[key]) items.set(key, 'true')
  for (const key of NUMBERS) if ((options[key] ?? 0) > 0) items.set(key, String(options[key]))
  return [...items]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${formatValue(value)}`)
    .join(':')
}

/**
 * Reads what {@link formatOptions} wrote. Numbers that are not positive count as absent.
 *
 * @throws ProtocolError `LF_PROTOCOL_COMMAND`, its message is the text that the original answers
 */
export function parseOptions(text: string): DtailOptions {
  const options: { -readonly [Key in keyof DtailOptions]: DtailOptions[Key] } = {}
  const other = new Map<string, string>()
  for (const item of text === '' ? [] : text.split(':')) {
    const equals = item.indexOf('=')
    if (equals === -1) throw new ProtocolError('LF_PROTOCOL_COMMAND', `Unable to parse options: [${item}]`)
    const key = item.slice(0, equals)
    const value = parseValue(item.slice(equals + 1))
    const flag = FLAGS.find(name => name === key)
    const number = NUMBERS.find(name => name === key)
    if (flag) options[flag] = value === 'true'
    else if (number) options[number] = positive(goInteger(value))
    else other.set(key, value)
  }
  if (other.size > 0) options.other = other
  return options
}

/** An integer as Go reads one, with Go's texts for what is not. @throws ProtocolError `LF_PROTOCOL_COMMAND` */
export function goInteger(text: string): number {
  const number = Number(text)
  const valid = /^[+-]?\d+$/.test(text)
  if (valid && Number.isSafeInteger(number)) return number
  const condition = valid ? 'value out of range' : 'invalid syntax'
  throw new ProtocolError('LF_PROTOCOL_COMMAND', `strconv.Atoi: parsing ${JSON.stringify(text)}: ${condition}`)
}

function positive(number: number): number | undefined {
  return number > 0 ? number : undefined
}

function formatValue(value: string): string {
  const plain = !/[:=|]/.test(value) && !value.startsWith(ENCODED)
  return plain ? value : ENCODED + encodeBase64(utf8Bytes(value))
}

function parseValue(text: string): string {
  if (!text.startsWith(ENCODED)) return text
  const bytes = decodeBase64(text.slice(ENCODED.length))
  const value = bytes && strictUtf8Text(bytes)
  if (value === undefined) throw new ProtocolError('LF_PROTOCOL_COMMAND', `Unable to parse options: [${text}]`)
  return value
}
