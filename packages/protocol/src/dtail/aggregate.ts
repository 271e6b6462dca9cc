import { ProtocolError } from '../errors.ts'
import { utf8Bytes, utf8Text } from '../utf8.ts'
import { AGGREGATE_ASSIGN, AGGREGATE_PART } from './constants.ts'

/** One group of a query as it travels: numbers to be added up or compared, texts to be replaced. */
export interface AggregateGroup {
  /** The values of the `group by` fields, joined by `,`. */
  readonly key: string
  /** Lines that went into the group. */
  readonly samples: number
  /** By storage name, such as `count($line)`. The wire does not say which are numbers: parsed values are text. */
  readonly values: ReadonlyMap<string, number | string>
}

/** An aggregate message from a server. A group without values carries no data and is not to be merged. */
export interface AggregateMessage {
  readonly kind: 'aggregate'
  readonly hostname: string
  readonly group: AggregateGroup & { readonly values: ReadonlyMap<string, string> }
}

/**
 * One group as a message: `AGGREGATE|<host>|<key>∥<samples>∥<name>≔<value>∥…∥` and the terminator, numbers before
 * texts, numbers as the shortest decimal without exponent. Zero bytes for a group without values, which clients
 * cannot read.
 */
export function encodeAggregate(hostname: string, group: AggregateGroup): Uint8Array {
  if (group.values.size === 0) return new Uint8Array(0)
  const dot = hostname.indexOf('.')
  const numbers: string[] = []
  const texts: string[] = []
  for (const [name, value] of group.values) {
    if (typeof value === 'number') numbers.push(`${name}${AGGREGATE_ASSIGN}${formatDecimal(value)}`)
    else texts.push(`${name}${AGGREGATE_ASSIGN}${value}`)
  }
  const head = `AGGREGATE|${dot === -1 ? hostname : hostname.slice(0, dot)}|${group.key}`
  const body = utf8Bytes([head, String(group.samples), ...numbers, ...texts, ''].join(AGGREGATE_PART))
  const message = new Uint8Array(body.length + 1)
  message.set(body)
  message[body.length] = 0xac
  return message
}

/**
 * Reads a message without its terminator. Pieces without `≔` are passed over, as DTail's clients do.
 *
 * @throws ProtocolError `LF_PROTOCOL_MALFORMED`
 */
export function parseAggregate(bytes: Uint8Array): AggregateMessage {
  const text = utf8Text(bytes)
  const hostEnd = text.indexOf('|', 10)
  if (!text.startsWith('AGGREGATE|') || hostEnd === -1) throw malformed('aggregate message has no header')
  const [key = '', sampleText = '', ...pieces] = text.slice(hostEnd + 1).split(AGGREGATE_PART)
  const samples = Number(sampleText)
  if (pieces.length > 0 && !(/^\d+$/.test(sampleText) && Number.isSafeInteger(samples))) {
    throw malformed('aggregate message has no number of samples')
  }
  const values = new Map<string, string>()
  for (const piece of pieces) {
    const assign = piece.indexOf(AGGREGATE_ASSIGN)
    if (assign !== -1) values.set(piece.slice(0, assign), piece.slice(assign + 1))
  }
  return { kind: 'aggregate', hostname: text.slice(10, hostEnd), group: { key, samples: samples || 0, values } }
}

/** A number as Go's `strconv.FormatFloat(n, 'f', -1, 64)` writes it: shortest decimal that reads back, no exponent. */
export function formatDecimal(number: number): string {
  if (Number.isNaN(number)) return 'NaN'
  if (!Number.isFinite(number)) return number > 0 ? '+Inf' : '-Inf'
  if (Object.is(number, -0)) return '-0'
  const text = String(number)
  const e = text.indexOf('e')
  if (e === -1) return text
  const exponent = Number(text.slice(e + 1))
  const sign = text.startsWith('-') ? '-' : ''
  const [whole = '', fraction = ''] = text.slice(sign.length, e).split('.')
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${whole}${fraction}`
  return sign + whole + fraction.padEnd(exponent, '0')
}

function malformed(message: string): ProtocolError {
  return new ProtocolError('LF_PROTOCOL_MALFORMED', message)
}
