import { chmod, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { tempDir, type Cleanup } from '@logflow/testkit'
import { describe, expect, it } from 'vitest'
import { DtailLog } from '../output/dtail-log.ts'
import { admission, admitFile, type Reader } from './admit-file.ts'
import { PermissionRules } from './permissions.ts'

const log = new DtailLog({ level: 'none' })

async function admitted(t: Cleanup, account?: Reader['account']): Promise<{ path: string; ask: typeof ask }> {
  const folder = await tempDir(t)
  await chmod(folder, 0o755)
  const path = join(folder, 'app.log')
  await writeFile(path, 'x\n')
  const rules = new PermissionRules([String.raw`app\.log(\.1)?$`])
  const reader: Reader = { name: 'paul', rules, account }
  const resolved = (await admitFile(path, reader, log)) ?? ''
  expect(resolved).toBe(path)
  const ask = admission({ path, resolved }, reader, log)
  return { path, ask }
}

describe('admission', () => {
  it('goes on for the same file, and for the next one under its name', async t => {
    const { path, ask } = await admitted(t)
    expect(await ask(path)).toBe(path)
    await rename(path, `${path}.1`)
    expect(await ask(path)).toBe(path)
    await writeFile(path, 'y\n')
    expect(await ask(path)).toBe(path)
  })

  it('ends where a link takes its place, or the place of a folder above', async t => {
    const { path, ask } = await admitted(t)
    const folder = join(path, '..')
    await writeFile(join(folder, 'secret'), 'secret\n')
    await rm(path)
    await symlink(join(folder, 'secret'), path)
    await expect(ask(path)).rejects.toThrow('leads somewhere else')
    const elsewhere = join(await tempDir(t), 'elsewhere')
    await rename(folder, elsewhere)
    await symlink(elsewhere, folder)
    t.onTestFinished(() => rm(folder))
    await rm(join(elsewhere, 'app.log'))
    await writeFile(join(elsewhere, 'app.log'), 'z\n')
    await expect(ask(path)).rejects.toThrow('leads somewhere else')
  })

  it('takes a file beside it only where the rules allow that, too', async t => {
    const { path, ask } = await admitted(t)
    for (const name of ['.1', '.2']) await writeFile(path + name, 'old\n')
    await mkdir(`${path}.d`)
    expect(await ask(`${path}.1`)).toBe(`${path}.1`)
    for (const name of ['.2', '.d', '.3']) await expect(ask(path + name)).rejects.toThrow('no permission')
  })

  it('ends when the user may not read the next file under its name', async t => {
    const { path, ask } = await admitted(t, { uid: 54_321, groups: new Set(), home: '/' })
    expect(await ask(path)).toBe(path)
    await chmod(path, 0o600)
    await expect(ask(path)).rejects.toThrow('may not read')
  })
})
