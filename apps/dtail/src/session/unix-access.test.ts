import { chmod, mkdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { tempDir, type Cleanup } from '@logflow/testkit'
import { describe, expect, it } from 'vitest'
import type { Account } from './account.ts'
import { mayRead } from './unix-access.ts'

/** A file in a folder, and whoever stands to it as a test wants. */
async function file(t: Cleanup): Promise<{ folder: string; path: string; stranger: Account; member: Account }> {
  const top = await tempDir(t)
  await chmod(top, 0o755)
  const [folder, path] = [join(top, 'logs'), join(top, 'logs/a.log')]
  await mkdir(folder)
  await writeFile(path, 'x\n')
  const { gid } = await stat(path)
  const account = (groups: readonly number[]): Account => ({ uid: 54_321, groups: new Set(groups), home: '/' })
  return { folder, path, stranger: account([54_321]), member: account([54_321, gid]) }
}

describe('mayRead', () => {
  it.for([
    [0o644, true, true],
    [0o640, true, false],
    [0o604, false, true],
    [0o600, false, false],
    [0o777, true, true],
    [0o333, false, false],
  ] as const)('goes by the mode of the file: %o', async ([mode, member, stranger], t) => {
    const here = await file(t)
    await chmod(here.path, mode)
    expect(await mayRead(here.path, here.member)).toBe(member)
    expect(await mayRead(here.path, here.stranger)).toBe(stranger)
  })

  it('wants every folder above to be open', async t => {
    const { folder, path, member, stranger } = await file(t)
    await chmod(folder, 0o710)
    expect(await mayRead(path, member)).toBe(true)
    expect(await mayRead(path, stranger)).toBe(false)
    await chmod(folder, 0o766)
    expect(await mayRead(path, member)).toBe(false)
  })

  it('leaves to the operating system what this process may do as itself, and lets root read', async t => {
    const { path } = await file(t)
    await chmod(path, 0o000)
    const own = process.getuid?.() ?? 0
    expect(await mayRead(path, { uid: own, groups: new Set(), home: '/' })).toBe(true)
    expect(await mayRead(path, { uid: 0, groups: new Set(), home: '/' })).toBe(true)
  })
})
