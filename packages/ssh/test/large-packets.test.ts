import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { SshServerOptions } from '../src/index.ts'
import { client, server } from './pair.ts'

const MIB = 1024 * 1024
const content = randomBytes(6 * MIB)

/** Sends all of `content` out of one piece of memory that is used again, in packets as large as the client takes. */
const serve: NonNullable<SshServerOptions['onSession']> = async session => {
  for await (const word of session.input) {
    const size = Number(Buffer.from(word).toString())
    if (size > 0) session.growPackets(size)
    break
  }
  const piece = Buffer.alloc(300 * 1024)
  for (let at = 0; at < content.length; at += piece.length) {
    const copied = content.copy(piece, 0, at)
    await session.writeParts([piece.subarray(0, 10), piece.subarray(10, copied)])
    piece.fill(0)
  }
  await session.close()
}

async function received(
  options: Partial<SshServerOptions>,
  grow: boolean,
): Promise<{ bytes: Buffer; largest: number }> {
  const session = await client(await server({ onSession: serve, ...options }))
  const size = grow ? session.acceptPackets() : 0
  await session.write(Buffer.from(String(size ?? 0)))
  const chunks: Uint8Array[] = []
  for await (const chunk of session.input) chunks.push(chunk)
  return { bytes: Buffer.concat(chunks), largest: Math.max(...chunks.map(chunk => chunk.length)) }
}

describe('packets larger than SSH agreed on', () => {
  it('go to a client that takes them, and nobody else', async () => {
    const usual = await received({}, false)
    expect(usual.bytes.equals(content)).toBe(true)
    expect(usual.largest).toBeLessThanOrEqual(32 * 1024)
    const large = await received({}, true)
    expect(large.bytes.equals(content)).toBe(true)
    expect(large.largest).toBe(300 * 1024)
  })

  it('survive a change of keys in their middle', async () => {
    const { bytes } = await received({ rekeyBytes: MIB }, true)
    expect(bytes.equals(content)).toBe(true)
  })

  it('stay as they are with a cipher that is not ours', async () => {
    const { bytes, largest } = await received({ algorithms: { ciphers: ['aes128-ctr'] } }, true)
    expect(bytes.equals(content)).toBe(true)
    expect(largest).toBeLessThanOrEqual(32 * 1024)
  })
})
