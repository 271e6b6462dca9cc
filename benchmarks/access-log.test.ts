import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { accessLog } from './access-log.ts'

const dirs: string[] = []
const tempDir = (): string => {
  dirs.push(mkdtempSync(path.join(tmpdir(), 'logflow-bench-test-')))
  return dirs.at(-1) as string
}
afterEach(() => dirs.splice(0).forEach(dir => rmSync(dir, { recursive: true })))

describe('accessLog', () => {
  it('writes the same bytes for the same seed, other bytes for another', async () => {
    const size = 2_000_000
    const [one, two, three] = [
      await accessLog(tempDir(), { size, seed: 1 }),
      await accessLog(tempDir(), { size, seed: 1 }),
      await accessLog(tempDir(), { size, seed: 2 }),
    ]
    expect(one.sha256).toBe(two.sha256)
    expect(one.sha256).not.toBe(three.sha256)
    expect(one.bytes).toBeGreaterThanOrEqual(size)
  })

  it('holds what the four patterns look for, in the shares of the study', async () => {
    const { path: file, lines } = await accessLog(tempDir(), { size: 3_000_000, seed: 3 })
    const text = readFileSync(file, 'latin1')
    const count = (pattern: RegExp): number => (text.match(pattern) ?? []).length
    expect(count(/NEEDLE_7f3a/g)).toBeGreaterThanOrEqual(8)
    expect(count(/Chrome\/125/g) / lines).toBeCloseTo(0.25, 1)
    expect(count(/^.*(error|warn).*$/gim) / lines).toBeGreaterThan(0.2)
    expect(count(/" [45][0-9]{2} [0-9]{5} .*rt=1\.[89]/g)).toBeGreaterThan(20)
  })
})
