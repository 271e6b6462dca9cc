import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tempDir } from '../../../testkit/src/index.ts'
import { compileGlob } from './glob-pattern.ts'
import { expandGlob } from './glob.ts'

describe('compileGlob', () => {
  it('matches as Go does', () => {
    const cases: [string, string, boolean][] = [
      ['abc', 'abc', true],
      ['*', '.hidden', true],
      ['*c', 'abc', true],
      ['a*b?c*x', 'abxbbxdbxebxczzx', true],
      ['a*b?c*x', 'abxbbxdbxebxczzy', false],
      ['ab[c]', 'abc', true],
      ['ab[b-d]', 'abc', true],
      ['ab[^b-d]', 'abc', false],
      ['ab[^e-g]', 'abc', true],
      ['a[\\]]c', 'a]c', true],
      ['[\\-x]', '-', true],
      ['a\\*b', 'a*b', true],
      ['a\\*b', 'axb', false],
      ['a?b', 'a☺b', true],
      ['a[^a]b', 'a☺b', true],
      ['{a,b}', 'a', false],
      ['', '', true],
      ['?', '', false],
    ]
    for (const [pattern, name, matches] of cases) {
      expect([pattern, name, compileGlob(pattern)(name)]).toEqual([pattern, name, matches])
    }
  })

  it('refuses what Go calls malformed', () => {
    for (const pattern of ['[]a]', '[-]', '[x-]', '[-x]', '[', '[^', '[a', 'a[', '[a-b-c]', 'a\\']) {
      expect(() => compileGlob(pattern)).toThrow(expect.objectContaining({ code: 'LF_TAILER_GLOB' }))
    }
  })

  it('takes no time on patterns made to take for ever', () => {
    expect(compileGlob('*a'.repeat(100) + 'b')('a'.repeat(255))).toBe(false)
  })

  it('matches every name that was put in as literal text', () => {
    fc.assert(
      fc.property(fc.string(), name => {
        expect(compileGlob(name.replace(/[\\*?[]/g, '\\$&'))(name)).toBe(true)
      }),
    )
  })
})

describe('expandGlob', () => {
  it('gives what exists, sorted, stopping at slashes', async t => {
    const dir = await tempDir(t)
    await mkdir(join(dir, 'a', 'deep'), { recursive: true })
    await mkdir(join(dir, 'b'))
    for (const path of ['a/2.log', 'a/1.log', 'b/3.log', '.x.log', 'a/deep/4.log', 'a/[1].log']) {
      await writeFile(join(dir, path), '')
    }
    await symlink('nowhere', join(dir, 'a', '0.log'))
    const expand = async (pattern: string, globstar = false): Promise<string[]> =>
      (await expandGlob(join(dir, pattern), { globstar })).map(path => path.slice(dir.length + 1))
    expect(await expand('*/[0-9].log')).toEqual(['a/0.log', 'a/1.log', 'a/2.log', 'b/3.log'])
    expect(await expand('*.log')).toEqual(['.x.log'])
    expect(await expand('a/\\[1\\].log')).toEqual(['a/[1].log'])
    expect(await expand('a/1.log')).toEqual(['a/1.log'])
    expect(await expand('a/9.log')).toEqual([])
    expect(await expand('**/4.log')).toEqual([])
    expect(await expand('**/[34].log', true)).toEqual(['a/deep/4.log', 'b/3.log'])
  })
})
