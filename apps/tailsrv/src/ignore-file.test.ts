import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ignoreFile } from './ignore-file.ts'

describe('ignoreFile', () => {
  let folder: string
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'ignore-'))))
  afterEach(() => rmSync(folder, { recursive: true }))

  it('follows the syntax of gitignore, and the file as it changes', async () => {
    const load = ignoreFile(folder)
    expect((await load())('a.tmp')).toBe(false)
    writeFileSync(join(folder, '.ignore'), '*.tmp\n!keep.tmp\n/private/\n')
    const rule = await load()
    expect(['a.tmp', 'sub/a.tmp', 'keep.tmp', 'private/', 'sub/private/', 'a.log'].map(rule)).toEqual([
      true,
      true,
      false,
      true,
      false,
      false,
    ])
    expect(await load()).toBe(rule)
    rmSync(join(folder, '.ignore'))
    expect((await load())('a.tmp')).toBe(false)
  })

  it('ignores everything when the rules cannot be read', async () => {
    mkdirSync(join(folder, '.ignore'))
    expect((await ignoreFile(folder)())('a.log')).toBe(true)
  })
})
