import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { tempDir } from '../../testkit/src/index.ts'
import { following, linesOf } from './observed.ts'

describe('a folder in whose place another one comes, as when a disk is mounted', () => {
  it('is read as it is found: what was rotated in it before is old', async () => {
    const dir = await tempDir({ onTestFinished })
    const [folder, disk] = [join(dir, 'log'), join(dir, 'disk')]
    await mkdir(folder)
    await mkdir(disk)
    await writeFile(join(disk, 'app.log.1'), 'old\n')
    await writeFile(join(disk, 'app.log'), 'one\n')
    const log = following(join(folder, 'app.log'), { from: 'start' })
    onTestFinished(() => log.stop())
    await log.until(items => items.some(item => item.kind === 'event' && item.event === 'failed'))
    await rename(folder, join(dir, 'away'))
    await rename(disk, folder)
    await log.untilText('one')
    await rename(join(folder, 'app.log'), join(folder, 'app.log.2'))
    await writeFile(join(folder, 'app.log'), 'two\n')
    await log.untilText('two')
    expect(linesOf(log.items)).toEqual(['one', 'two'])
  })
})
