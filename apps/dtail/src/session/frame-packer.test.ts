import { canCompress } from '@logflow/compress'
import { describe, expect, it } from 'vitest'
import { FramePacker } from './frame-packer.ts'

/** A packer that was told of a second in which so many bytes took so much waiting. */
function after(seconds: readonly (readonly [bytes: number, waitedMs: number])[], packAlways = false): FramePacker {
  let nowMs = 0
  const packer = new FramePacker({ packings: ['gzip'], packAlways }, () => nowMs)
  for (const [bytes, waitedMs] of seconds) {
    nowMs += 1000
    packer.sent(bytes, waitedMs)
  }
  return packer
}

describe('FramePacker', () => {
  it('packs once the link turns out to be slow, and no longer than that', () => {
    expect(after([]).packs).toBe(false)
    expect(after([[10e6, 900]]).packs).toBe(true)
    expect(after([[2e6, 900], [2e6, 300]]).packs).toBe(true) // prettier-ignore
    expect(after([[2e6, 900], [40e6, 50]]).packs).toBe(false) // prettier-ignore
  })

  it('leaves a fast link alone, and one that waits for the file', () => {
    expect(after([[400e6, 900]]).packs).toBe(false)
    expect(after([[1e6, 20]]).packs).toBe(false)
  })

  it('packs what gets smaller, in the best way that both sides know', async () => {
    const packer = new FramePacker({ packings: ['zstd', 'gzip'], packAlways: true })
    const text = Buffer.from('a line of a log\n'.repeat(1000))
    const packed = await packer.pack([text.subarray(0, 100), text.subarray(100)])
    expect(packed).toMatchObject({ packing: canCompress('zstd') ? 'zstd' : 'gzip', rawBytes: text.length })
    expect(packed?.bytes.length).toBeLessThan(500)
    expect(await packer.pack([Buffer.from('short')])).toBeUndefined()
    expect(await new FramePacker({ packAlways: true }).pack([text])).toBeUndefined()
  })
})
