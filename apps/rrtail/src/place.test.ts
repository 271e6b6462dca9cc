import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { systemClock } from '@logflow/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { markOutput, passWritten } from './output-mark.ts'
import { Position, PROOF_BYTES } from './position.ts'
import { posixCksum } from './posix-cksum.ts'
import { ProgressMarks } from './progress-marks.ts'
import { StateFile } from './state-file.ts'

describe('Position', () => {
  it('keeps the last bytes however they come', () => {
    const chunks = fc.array(fc.uint8Array({ maxLength: 1500 }), { maxLength: 8 })
    fc.assert(
      fc.property(chunks, list => {
        const position = new Position(100)
        for (const chunk of list) position.advance(chunk)
        const all = Buffer.concat(list)
        expect(position.offset).toBe(100 + all.length)
        expect(Buffer.from(position.tail)).toEqual(all.subarray(Math.max(0, all.length - PROOF_BYTES)))
      }),
    )
  })

  it('proves its bytes with the sums that the tools of a server print', () => {
    for (const size of [0, 1, 255, 256, 1024]) {
      const bytes = Uint8Array.from({ length: size }, (_, i) => (i * 73) & 0xff)
      const position = new Position(0, bytes)
      const [sum] = execFileSync('cksum', { input: bytes, encoding: 'utf8' }).split(' ')
      expect([size, position.proof().cksum, posixCksum(bytes)]).toEqual([size, sum, Number(sum)])
      expect(position.proof().bytes).toBe(size)
    }
  })
})

describe('StateFile', () => {
  it('brings a place back, for the origin it belongs to only', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rrtail-'))
    const path = join(folder, 'place')
    const file = new StateFile(path, 'host:/a', systemClock)
    expect(await file.load()).toBeUndefined()
    const place = new Position(7, Uint8Array.of(0, 255, 10))
    place.fileId = '42'
    const saved = { position: place, way: 'ssh', output: { file: '1-2', size: 9 } } as const
    await file.save(saved)
    expect(await file.load()).toEqual(saved)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const refused = expect.objectContaining({ code: 'LF_RRTAIL_STATE' }) as Error
    await expect(new StateFile(path, 'host:/b', systemClock).load()).rejects.toThrow(refused)
    const text = readFileSync(path, 'utf8')
    const wrong = [text.replace('"offset":7', '"offset":-1'), text.replace('"size":9', '"size":-1')]
    for (const bad of ['', 'null', '{}', '['.repeat(70_000), ...wrong]) {
      writeFileSync(path, bad)
      await expect(file.load()).rejects.toThrow(refused)
    }
    await expect(new StateFile(join(folder, 'none', 'place'), 'host:/a', systemClock).load()).rejects.toThrow(refused)
    await expect(new StateFile(folder, 'host:/a', systemClock).load()).rejects.toThrow(refused)
    rmSync(folder, { recursive: true })
  })
})

describe('passWritten', () => {
  it('moves a place over what reached the output later, and leaves it where the output is another one', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'rrtail-')), 'out')
    writeFileSync(path, 'before ')
    const output = await open(path, 'a')
    const mark = await markOutput(output.fd)
    if (!mark) throw new Error('a file has a mark')
    await output.write('and after')
    const position = new Position(7, Buffer.from('before '))
    expect(await passWritten(position, mark, output.fd)).toBe(9)
    expect([position.offset, Buffer.from(position.tail).toString()]).toEqual([16, 'before and after'])
    expect(await passWritten(position, { ...mark, size: 99 }, output.fd)).toBe(0)
    expect(await passWritten(position, { ...mark, file: '1-1' }, output.fd)).toBe(0)
    expect(position.offset).toBe(16)
    await output.close()
    rmSync(dirname(path), { recursive: true })
  })
})

describe('ProgressMarks', () => {
  it('marks every KiB, every eighth and every 32nd', () => {
    const marks = new ProgressMarks()
    expect(marks.advance(1023)).toBe('')
    expect(marks.advance(1)).toBe('.')
    expect(marks.advance(31 * 1024)).toBe('......,.......,.......,.......|')
  })
})
