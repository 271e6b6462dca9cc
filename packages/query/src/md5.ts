// RFC 1321. Only to name things, as the query function does; it protects nothing.

const shifts = Int32Array.of(7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21)
const sines = Int32Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32) | 0)
const HEX = new TextEncoder().encode('0123456789abcdef')

/** The MD5 of `bytes` as 32 bytes of lower-case hexadecimal. */
export function md5Hex(bytes: Uint8Array): Uint8Array {
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476)
  const whole = bytes.length - (bytes.length % 64)
  for (let at = 0; at < whole; at += 64) addBlock(state, bytes, at)
  const rest = bytes.subarray(whole)
  const tail = new Uint8Array(rest.length < 56 ? 64 : 128)
  tail.set(rest)
  tail[rest.length] = 0x80
  const view = new DataView(tail.buffer)
  view.setUint32(tail.length - 8, (bytes.length * 8) >>> 0, true)
  view.setUint32(tail.length - 4, Math.floor(bytes.length / 2 ** 29), true)
  for (let at = 0; at < tail.length; at += 64) addBlock(state, tail, at)
  const hex = new Uint8Array(32)
  for (let i = 0; i < 16; i++) {
    const byte = ((state[i >> 2] as number) >>> ((i & 3) * 8)) & 255
    hex[i * 2] = HEX[byte >> 4] as number
    hex[i * 2 + 1] = HEX[byte & 15] as number
  }
  return hex
}

function addBlock(state: Int32Array, bytes: Uint8Array, at: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, 64)
  let [a = 0, b = 0, c = 0, d = 0] = state
  for (let i = 0; i < 64; i++) {
    const round = i >> 4
    const mixed = (a + mix(round, b, c, d) + (sines[i] as number) + view.getInt32(wordIndex(round, i) * 4, true)) | 0
    const shift = shifts[round * 4 + (i & 3)] as number
    a = d
    d = c
    c = b
    b = (b + ((mixed << shift) | (mixed >>> (32 - shift)))) | 0
  }
  state[0] = (state[0] as number) + a
  state[1] = (state[1] as number) + b
  state[2] = (state[2] as number) + c
  state[3] = (state[3] as number) + d
}

function mix(round: number, b: number, c: number, d: number): number {
  if (round === 0) return (b & c) | (~b & d)
  if (round === 1) return (b & d) | (c & ~d)
  return round === 2 ? b ^ c ^ d : c ^ (b | ~d)
}

function wordIndex(round: number, i: number): number {
  if (round === 0) return i
  if (round === 1) return (5 * i + 1) & 15
  return (round === 2 ? 3 * i + 5 : 7 * i) & 15
}
