const POLYNOMIAL = 0x04c11db7

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ POLYNOMIAL : crc << 1
  return crc >>> 0
})

/** The checksum that `cksum` of POSIX prints first: CRC-32 over the bytes, then over their number, inverted. */
export function posixCksum(bytes: Uint8Array): number {
  let crc = 0
  const feed = (byte: number): void => {
    crc = ((crc << 8) ^ (table[((crc >>> 24) ^ byte) & 0xff] as number)) >>> 0
  }
  for (const byte of bytes) feed(byte)
  for (let length = bytes.length; length > 0; length = Math.floor(length / 256)) feed(length & 0xff)
  return ~crc >>> 0
}
