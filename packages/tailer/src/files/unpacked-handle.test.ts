import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { tempDir } from '../../../testkit/src/index.ts'
import { readAt } from '../identity/identity.ts'
import { nodeFileSystem } from './node-file-system.ts'
import { UnpackedHandle } from './unpacked-handle.ts'

async function packedFile(bytes: Uint8Array): Promise<string> {
  const path = join(await tempDir({ onTestFinished }), 'app.log.1.gz')
  await writeFile(path, bytes)
  return path
}

it('reads what is packed by its offsets, forwards and backwards, as the file itself would be read', async () => {
  const content = Buffer.concat([randomBytes(1_500_000), Buffer.alloc(1_000_000, 'line\n')])
  const path = await packedFile(gzipSync(content, { level: 1 }))
  const handle = await UnpackedHandle.open(await nodeFileSystem.open(path), 'gzip', nodeFileSystem)
  expect(handle.size).toBe(content.length)
  expect(handle.head).toEqual(content.subarray(0, 1024))
  expect(Number((await handle.stat({ bigint: true })).size)).toBe(content.length)
  const place = fc.tuple(fc.nat(content.length + 10), fc.nat(400_000))
  await fc.assert(
    fc.asyncProperty(place, async ([at, length]) => {
      expect(Buffer.compare(await readAt(handle, at, length), content.subarray(at, at + length))).toBe(0)
    }),
    { numRuns: 40 },
  )
  await handle.close()
})

it('is read to its end by more readers at a time than may unpack, each from where it was', async () => {
  const content = Buffer.alloc(1_200_000, '0123456\n')
  const path = await packedFile(gzipSync(content, { level: 1 }))
  const handles = await Promise.all(
    Array.from({ length: 20 }, async () =>
      UnpackedHandle.open(await nodeFileSystem.open(path), 'gzip', nodeFileSystem),
    ),
  )
  for (let at = 0; at < content.length; at += 300_000) {
    const found = await Promise.all(handles.map(handle => readAt(handle, at, 300_000)))
    expect(found.every(bytes => content.subarray(at, at + 300_000).equals(bytes))).toBe(true)
  }
  await Promise.all(handles.map(handle => handle.close()))
})

it('says which of them are not complete, and which are damaged, and leaves the file open', async () => {
  const whole = gzipSync('one\ntwo\n')
  const damaged = Buffer.from(whole)
  damaged.writeUInt8((whole.at(-6) as number) ^ 1, whole.length - 6)
  for (const [bytes, code] of [
    [whole.subarray(0, -1), 'LF_COMPRESS_TRUNCATED'],
    [damaged, 'LF_COMPRESS_CORRUPT'],
  ] as const) {
    const packed = await nodeFileSystem.open(await packedFile(bytes))
    await expect(UnpackedHandle.open(packed, 'gzip', nodeFileSystem)).rejects.toMatchObject({ code })
    await packed.close()
  }
})
