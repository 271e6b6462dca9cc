import { appendFile, copyFile, open, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { formatResumeToken } from '@logflow/core'
import { describe, expect, it } from 'vitest'
import { tempDir } from '../../../testkit/src/index.ts'
import { identify, provesResumeToken, resumeTokenAt } from './identity.ts'

describe('identify', () => {
  it('gives an id that a resume token can carry, for any file, an empty one too', async t => {
    const path = join(await tempDir(t), 'x')
    for (const content of ['', 'a', 'b'.repeat(5000)]) {
      await writeFile(path, content)
      await using handle = await open(path)
      const { id, size } = await identify(handle)
      expect(formatResumeToken(await resumeTokenAt(handle, id, size))).toContain(id)
      expect(size).toBe(content.length)
    }
  })
})

describe('provesResumeToken', () => {
  it('holds through growth and renames, and for nothing else', async t => {
    const path = join(await tempDir(t), 'x')
    await writeFile(path, 'one\n')
    const token = await (async () => {
      await using handle = await open(path)
      return await resumeTokenAt(handle, (await identify(handle)).id, 4)
    })()
    const holds = async (name: string): Promise<boolean> => {
      await using handle = await open(name)
      return await provesResumeToken(handle, token)
    }
    await appendFile(path, 'two\n')
    await rename(path, `${path}.1`)
    expect(await holds(`${path}.1`)).toBe(true)
    await copyFile(`${path}.1`, path)
    expect(await holds(path)).toBe(false)
    await writeFile(`${path}.1`, 'ONE\ntwo\nthree\n')
    expect(await holds(`${path}.1`)).toBe(false)
  })

  it('holds for a file that was empty when the token was made', async t => {
    const path = join(await tempDir(t), 'x')
    await writeFile(path, '')
    await using handle = await open(path)
    const token = await resumeTokenAt(handle, (await identify(handle)).id, 0)
    await appendFile(path, 'one\n')
    expect(await provesResumeToken(handle, token)).toBe(true)
  })
})
