/** A zstd frame that stores `bytes` in raw blocks: what any decoder takes, made without an encoder (RFC 8878 3.1.1). */
export function zstdFrame(bytes: Uint8Array, blockBytes = 100): Uint8Array {
  // Descriptor 0: no checksum, no content size; window byte 0x38: 128 KiB.
  const parts: Uint8Array[] = [Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38)]
  for (let at = 0; at === 0 || at < bytes.length; at += blockBytes) {
    const block = bytes.subarray(at, at + blockBytes)
    const header = (at + blockBytes >= bytes.length ? 1 : 0) | (block.length << 3)
    parts.push(Uint8Array.of(header & 0xff, (header >> 8) & 0xff, header >> 16), block)
  }
  return Buffer.concat(parts)
}

/** A frame of `size` bytes that readers leave out (RFC 8878 3.1.2). */
export function skippable(size: number): Uint8Array {
  return Buffer.concat([Uint8Array.of(0x5a, 0x2a, 0x4d, 0x18, size, 0, 0, 0), Buffer.alloc(size, 0x28)])
}
