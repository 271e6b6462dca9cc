import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { statsLog } from './stats-log.ts'

const dirs: string[] = []
const tempDir = (): string => {
  dirs.push(mkdtempSync(path.join(tmpdir(), 'logflow-bench-test-')))
  return dirs.at(-1) as string
}
afterEach(() => dirs.splice(0).forEach(dir => rmSync(dir, { recursive: true })))

describe('statsLog', () => {
  it('writes lines of the default format, the same for the same seed', async () => {
    const dir = tempDir()
    const one = await statsLog(dir, { size: 1_000_000, seed: 1 })
    const two = await statsLog(tempDir(), { size: 1_000_000, seed: 1 })
    const three = await statsLog(tempDir(), { size: 1_000_000, seed: 2 })
    expect(one.sha256).toBe(two.sha256)
    expect(one.sha256).not.toBe(three.sha256)
    expect(await statsLog(dir, { size: 1_000_000, seed: 1 })).toEqual(one)
    const lines = readFileSync(one.path, 'latin1').trimEnd().split('\n')
    expect(lines).toHaveLength(one.lines)
    const layout =
      /^INFO\|\d{8}-\d{6}\|(?:[^|]+\|){7}MAPREDUCE:STATS\|(?:\w+=\d+\|){2}host=web\d+\.example\.org\|bytes=\d+$/
    expect(lines.every(line => layout.test(line))).toBe(true)
  })
})
