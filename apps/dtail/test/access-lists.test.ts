import { execFileSync } from 'node:child_process'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { accessAclReader, nativeSupport } from '@logflow/sendfile-native'
import { DEBIAN_TOOL_MS, debianTool, tempDir } from '@logflow/testkit'
import { expect, it } from 'vitest'
// Builds the addon where that is not done yet.
import '../../../packages/sendfile-native/test/engines.ts'
import type { Account } from '../src/session/account.ts'
import { mayRead } from '../src/session/unix-access.ts'

const [USER, GROUP] = [54_321, 54_322]
const ann: Account = { uid: USER, groups: new Set([GROUP]), home: '/' }
const bob: Account = { uid: USER + 2, groups: new Set([USER + 2]), home: '/' }

it(
  'lets users read what access control lists of files and folders let them',
  async t => {
    const readAcl = accessAclReader()
    const setfacl = await debianTool({ program: 'bin/setfacl', packages: ['acl', 'libacl1'] })
    if (!readAcl) return t.skip(nativeSupport().reason)
    if (!setfacl) return t.skip()
    const top = await tempDir(t)
    const [folder, path] = [join(top, 'logs'), join(top, 'logs/a.log')]
    await mkdir(folder)
    await writeFile(path, 'x\n')
    for (const [at, mode] of [
      [top, 0o755],
      [folder, 0o750],
      [path, 0o640],
    ] as const)
      await chmod(at, mode)
    const set = (entries: string, at: string): void =>
      void execFileSync(setfacl.path, ['-m', entries, at], { env: setfacl.env, stdio: 'pipe' })
    const judged = (): Promise<boolean[]> => Promise.all([ann, bob].map(who => mayRead(path, who, readAcl)))
    try {
      set(`u:${USER}:x`, folder)
    } catch (error) {
      if (!String(error).includes('Operation not supported')) throw error
      return t.skip(`${tmpdir()} keeps no access control lists`)
    }
    expect(await judged()).toEqual([false, false])
    set(`u:${USER}:r`, path)
    expect(await judged()).toEqual([true, false])
    expect(await mayRead(path, ann), 'by the mode alone').toBe(false)
    set(`u:${USER}:-,g:${GROUP}:r`, path)
    expect(await judged()).toEqual([false, false])
    execFileSync(setfacl.path, ['-x', `u:${USER}`, path], { env: setfacl.env })
    expect(await judged()).toEqual([true, false])
    set('m::-', path)
    expect(await judged()).toEqual([false, false])
    set('o::x', folder)
    set(`o::r,${Array.from({ length: 300 }, (_, i) => `u:${60_000 + i}:r`).join(',')}`, path)
    expect(await judged()).toEqual([true, true])
  },
  DEBIAN_TOOL_MS + 60_000,
)
