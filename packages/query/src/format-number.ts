/** Six decimals, as C's and Go's `%f`: exact ties go to the even digit, no exponent, `-0.000000`, `NaN`, `+Inf`, `-Inf`. */
export function formatFixed(value: number): string {
  if (!Number.isFinite(value)) return formatSpecial(value)
  if (Math.abs(value) >= 1e21) return `${BigInt(value)}.000000`
  if (value === 0) return Object.is(value, -0) ? '-0.000000' : '0.000000'
  // A tie at the sixth decimal is an odd multiple of 1/128: nothing else has exactly seven decimals with a 5 at the end.
  if (Math.abs(value * 128) % 2 === 1) {
    const exact = value.toFixed(7)
    const even = (exact.charCodeAt(exact.length - 2) & 1) === 0
    if (even) return exact.slice(0, -1)
  }
  return value.toFixed(6)
}

/** The shortest decimal that reads back as `value`, without exponent: how numbers travel in aggregate messages. */
export function formatShortest(value: number): string {
  if (!Number.isFinite(value)) return formatSpecial(value)
  if (Object.is(value, -0)) return '-0'
  const text = String(value)
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text)
  if (!match) return text
  const [, sign, first = '', rest = '', power] = match
  const exponent = Number(power)
  const digits = first + rest
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  return sign + digits.padEnd(exponent + 1, '0')
}

/** A whole number, what is behind the point cut off: how `count` is shown. */
export function formatInteger(value: number): string {
  if (!Number.isFinite(value)) return formatSpecial(value)
  return BigInt(Math.trunc(value)).toString()
}

function formatSpecial(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  return value > 0 ? '+Inf' : '-Inf'
}
