// What Go's strconv.ParseFloat(s, 64) accepts, so that the same lines count here and there:
//
//     number  := [+-] ( decimal | hex | "inf" | "infinity" ) | "nan"                any case
//     decimal := ( D [ "." [D] ] | "." D ) [ ("e"|"E") [+-] D ]
//     hex     := "0x" ( H [ "." [H] ] | "." H ) ("p"|"P") [+-] D
//     D, H    := digits, single underscores between them; also one after "0x"
//
// No blanks, and what is out of range is refused like what is no number.

const decimal = /^[+-]?(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+(?:_\d+)*)?$/
const hexadecimal =
  /^([+-]?)0[xX](?:_?([\da-fA-F]+(?:_[\da-fA-F]+)*)(?:\.([\da-fA-F]+(?:_[\da-fA-F]+)*)?)?|\.([\da-fA-F]+(?:_[\da-fA-F]+)*))[pP]([+-]?\d+(?:_\d+)*)$/
const special = /^(?:([+-]?)inf(?:inity)?|nan)$/i

/** The number that `text` is, or `undefined`. What is out of the range of a double is none. */
export function parseNumber(text: string): number | undefined {
  const value = saturatedNumber(text)
  const outOfRange = value === Infinity || value === -Infinity
  return outOfRange && !special.test(text) ? undefined : value
}

/** As {@link parseNumber}, but what is out of range is infinite. */
export function saturatedNumber(text: string): number | undefined {
  if (decimal.test(text)) return Number(text.replaceAll('_', ''))
  const name = special.exec(text)
  if (!name) return parseHex(text)
  if (name[1] === undefined) return NaN
  return name[1] === '-' ? -Infinity : Infinity
}

/** The number in `bytes[from, to)`, or `undefined`; as {@link parseNumber}. */
export function readNumber(bytes: Uint8Array, from: number, to: number): number | undefined {
  // Longer than any number that people write; an endless one is not worth decoding.
  if (to - from > 4096) return undefined
  let text = ''
  for (let at = from; at < to; at++) text += String.fromCharCode(bytes[at] as number)
  return parseNumber(text)
}

function parseHex(text: string): number | undefined {
  const match = hexadecimal.exec(text)
  if (!match || text.length > 4096) return undefined
  const [, sign, whole = '', fraction = '', onlyFraction = '', power = ''] = match
  const digits = (whole + fraction + onlyFraction).replaceAll('_', '')
  const exponent = Math.max(-1e5, Math.min(1e5, Number(power.replaceAll('_', ''))))
  const fractionDigits = (fraction + onlyFraction).replaceAll('_', '').length
  const value = scaled(BigInt(`0x${digits}`), exponent - 4 * fractionDigits)
  return sign === '-' ? -value : value
}

/** `mantissa` times two to the `exponent`, rounded once, half to even, also where doubles are sparse. */
function scaled(mantissa: bigint, exponent: number): number {
  if (mantissa === 0n) return 0
  const bits = mantissa.toString(2).length
  const top = bits - 1 + exponent
  if (top > 1023) return Infinity
  const kept = top >= -1022 ? 53 : 53 + top + 1022
  if (kept < 0) return 0
  const dropped = bits - kept
  if (dropped <= 0) return Number(mantissa) * 2 ** exponent
  const shift = BigInt(dropped)
  const half = 1n << (shift - 1n)
  const rest = mantissa & ((1n << shift) - 1n)
  const floor = mantissa >> shift
  const rounded = rest > half || (rest === half && (floor & 1n) === 1n) ? floor + 1n : floor
  // Two steps: the power alone may be below the smallest double.
  const scale = exponent + dropped
  return Number(rounded) * 2 ** Math.max(scale, -1074)
}
