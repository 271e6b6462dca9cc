import { lineBatch, type LineBatch } from '@logflow/core'

/** Batches of 256 KiB of DTail's default format, `totalBytes` in all: 64 hosts' worth of keys, numbers of all sizes. */
export function defaultLog(totalBytes: number): LineBatch[] {
  const source = { host: 'bench', path: '/var/log/dserver.log', id: 'bench' }
  const batches: LineBatch[] = []
  let seed = 1
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff
    return Math.floor((seed / 0x80000000) * below)
  }
  for (let bytes = 0; bytes < totalBytes;) {
    const lines: string[] = []
    for (let size = 0; size < 256 * 1024;) {
      const line =
        `INFO|20261121-0${random(10)}${10 + random(50)}${10 + random(50)}|${1 + random(9)}|stats.go:56|8|${random(40)}|7|` +
        `0.${10 + random(90)}|471h0m21s|MAPREDUCE:STATS|currentConnections=${random(200)}|` +
        `lifetimeConnections=${random(100_000)}|host=web${random(64)}.example.org|bytes=${random(1_000_000)}\n`
      lines.push(line)
      size += line.length
    }
    const batch = lineBatch({ source, bytes: new Uint8Array(new TextEncoder().encode(lines.join(''))), offset: bytes })
    batches.push(batch)
    bytes += batch.bytes.length
  }
  return batches
}
