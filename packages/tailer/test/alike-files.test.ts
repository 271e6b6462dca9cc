import { appendFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { tempDir } from '../../testkit/src/index.ts'
import { following, linesOf, type Following } from './observed.ts'

/** One file of which all is read, and what may be a rotated name of it. */
async function oneFollowed(content: string): Promise<{ path: string; other: string; log: Following }> {
  const dir = await tempDir({ onTestFinished })
  const [path, other] = [join(dir, 'app.log'), join(dir, 'app-2.log')]
  await writeFile(path, content)
  const log = following(join(dir, '*.log'), { from: 'start' })
  onTestFinished(() => log.stop())
  await log.untilText(content)
  return { path, other, log }
}

/** Time in which a file is found and asked about, and after which nothing is searched for any more. */
async function goOn(log: Following, path: string): Promise<void> {
  for (const line of ['x', 'y', 'z']) {
    await appendFile(path, `${line}\n`)
    await log.untilText(line)
    await setTimeout(100)
  }
}

describe('files of one pattern that begin alike, one under a rotated name of the other', () => {
  it('are both read, although one passed for a copy while it held no more than the other began with', async () => {
    const { path, other, log } = await oneFollowed('header\none\n')
    await writeFile(other, 'header\n')
    await goOn(log, path)
    await appendFile(other, 'two\n')
    await log.untilText('two')
    expect(linesOf(log.items)).toEqual(['header', 'one', 'x', 'y', 'z', 'header', 'two'])
  })

  it('are both read, although one passed for a copy while it held all that the other did', async () => {
    const { path, other, log } = await oneFollowed('header\n')
    const beside = join(path, '..', 'beside.log')
    await writeFile(other, 'header\n')
    await goOn(log, beside)
    await appendFile(other, 'two\n')
    await log.untilText('two')
    expect(linesOf(log.items)).toEqual(['header', 'x', 'y', 'z', 'header', 'two'])
  })

  it('are both read when one goes on where the other, which was deleted, had ended', async () => {
    const { path, other, log } = await oneFollowed('header\n')
    await rm(path)
    await log.until(items => items.some(item => item.kind === 'event' && item.event === 'ended'))
    await writeFile(other, 'header\ntwo\n')
    await log.untilText('two')
    expect(linesOf(log.items)).toEqual(['header', 'header', 'two'])
  })
})
