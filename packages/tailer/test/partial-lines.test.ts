import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PIECE_BEGUN, PIECE_GOES_ON } from '@logflow/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { tempDir } from '../../testkit/src/index.ts'
import type { FollowOptions } from '../src/index.ts'
import { following, words, type Following } from './observed.ts'

async function followed(content: string, options: FollowOptions): Promise<{ path: string; log: Following }> {
  const path = join(await tempDir({ onTestFinished }), 'app.log')
  await writeFile(path, content)
  const log = following(path, options)
  onTestFinished(() => log.stop())
  return { path, log }
}

describe('partialLines', () => {
  it('delivers an unfinished last line, and what is written to it as a further piece', async () => {
    const { path, log } = await followed('one\nname? ', { from: 'start', partialLines: true })
    await log.untilText('name? ')
    await appendFile(path, 'Ada\nnext\n')
    await log.untilText('next')
    expect(words(log.items)).toEqual(['A opened', 'A @0 one', 'A @4 name?', 'A @10 Ada|next'])
  })

  it('marks them as pieces, as those of a line over the limit', async () => {
    const { path, log } = await followed('one\nname? ', { from: 'start', partialLines: true, maxLineBytes: 8 })
    await log.untilText('name? ')
    await appendFile(path, 'Ada Lovelace\nnext\n')
    await log.untilText('next')
    const pieces = log.items.flatMap(item => (item.kind === 'lines' ? [[...(item.pieces ?? [])]] : []))
    expect(pieces).toEqual([[], [PIECE_GOES_ON], [PIECE_BEGUN | PIECE_GOES_ON, PIECE_BEGUN, 0]])
  })

  it('is off unless it is asked for: the line comes whole', async () => {
    const { path, log } = await followed('one\nname? ', { from: 'start' })
    await log.untilText('one')
    await appendFile(path, 'Ada\n')
    await log.untilText('Ada')
    expect(words(log.items)).toEqual(['A opened', 'A @0 one', 'A @4 name? Ada'])
  })
})

describe('from', () => {
  it('takes an offset, and begins at the end when it lies past that', async () => {
    const inside = await followed('one\ntwo\n', { from: 4 })
    await inside.log.untilText('two')
    expect(words(inside.log.items)).toEqual(['A opened', 'A @4 two'])
    const past = await followed('one\n', { from: 400 })
    await past.log.until(items => items.length > 0)
    await appendFile(past.path, 'two\n')
    await past.log.untilText('two')
    expect(words(past.log.items)).toEqual(['A opened', 'A @4 two'])
    expect(() => following('app.log', { from: -1 })).toThrow(RangeError)
  })
})
