const TAB = 9
const CARRIAGE_RETURN = 13
const TAB_WIDTH = 8

/**
 * A line fit for the kernel log: tabs become spaces up to the next multiple of 8 output bytes, at least one; carriage
 * returns go; other bytes below 32 become `\xHH`. All others pass, UTF-8 is not looked at. A line without a byte
 * below 32 is returned as it is.
 */
export function cleanLine(line: Uint8Array): Uint8Array {
  if (line.every(byte => byte >= 32)) return line
  const out: number[] = []
  for (const byte of line) {
    if (byte >= 32) out.push(byte)
    else if (byte === TAB) for (let end = nextTab(out.length); out.length < end;) out.push(32)
    else if (byte !== CARRIAGE_RETURN) out.push(...Buffer.from(`\\x${byte.toString(16).padStart(2, '0')}`))
  }
  return Uint8Array.from(out)
}

function nextTab(column: number): number {
  return (Math.floor(column / TAB_WIDTH) + 1) * TAB_WIDTH
}
