import { writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { tempDir } from '@logflow/testkit'
import { describe, expect, it } from 'vitest'
import { localAccounts } from './account.ts'

describe('localAccounts', () => {
  it('finds ids, home, the primary group and the supplementary ones', async t => {
    const folder = await tempDir(t)
    const [passwd, group] = [join(folder, 'passwd'), join(folder, 'group')]
    await writeFile(passwd, 'root:x:0:0::/root:/bin/sh\n\n+::::::\nann:x:1001:100::/home/ann:/bin/sh\nbad:x:-1:y::/:\n')
    await writeFile(group, 'users:x:100:\nadm:x:4:syslog,ann\nroot:x:0:\nwheel:x:10:anna,bann\nbroken:x::ann\n')
    const accounts = localAccounts({ passwd, group })
    expect(await accounts.find('ann')).toEqual({ uid: 1001, groups: new Set([100, 4]), home: '/home/ann' })
    for (const user of ['bob', 'bad', '+', '']) expect(await accounts.find(user)).toBeUndefined()
  })

  it('knows whom it runs as, even where no file does', async () => {
    const own = userInfo()
    const found = await localAccounts({ passwd: '/nowhere', group: '/nowhere' }).find(own.username)
    expect(found).toMatchObject({ uid: own.uid, home: own.homedir })
  })
})
