import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { tempDir } from '../../testkit/src/index.ts'
import { following, linesOf } from './observed.ts'

const cleanup = { onTestFinished }

describe('files of one pattern that begin alike, one under a rotated name of the other', () => {
  it('are both read, although one passed for a copy while it held no more than the other began with', async () => {
    const dir = await tempDir(cleanup)
    const [path, other] = [join(dir, 'app.log'), join(dir, 'app-2.log')]
    await writeFile(path, 'header\none\n')
    const log = following(join(dir, '*.log'), { from: 'start' })
    onTestFinished(() => log.stop())
    await log.untilText('one')
    await writeFile(other, 'header\n')
    // Meanwhile it is found, and asked about; then nothing is searched for any more, as no name has changed for a while.
    for (const line of ['two', 'three', 'four']) {
      await appendFile(path, `${line}\n`)
      await log.untilText(line)
      await setTimeout(100)
    }
    await appendFile(other, 'five\n')
    await log.untilText('five')
    expect(linesOf(log.items)).toEqual(['header', 'one', 'two', 'three', 'four', 'header', 'five'])
  })
})
