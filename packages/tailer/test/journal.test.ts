import { join } from 'node:path'
import { formatResumeToken, parseResumeToken, systemClock, type Clock } from '@logflow/core'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { collect, tempDir } from '../../testkit/src/index.ts'
import { follow, openCheckpoint, resumeTokenAfter, type FollowOptions } from '../src/index.ts'
import { fakeJournalctl, type FakeJournalctl } from './fake-journalctl.ts'
import { following, linesOf, words, type Following } from './observed.ts'

const NAME = 'journal:web.service'
/** Pauses before a new attempt take no time. */
const hasty: Clock = { ...systemClock, sleep: (ms, options) => systemClock.sleep(Math.min(ms, 20), options) }

function followed(journal: FakeJournalctl, options: FollowOptions = {}): Following {
  const log = following(NAME, { journalctl: journal.program, clock: hasty, ...options })
  onTestFinished(() => log.stop())
  return log
}

function messages(log: Following): string[] {
  return linesOf(log.items).map(line => (JSON.parse(line) as { MESSAGE: string }).MESSAGE)
}

describe('a journal that is followed', () => {
  it('gives the entries of a unit as lines of JSON, from the start when that is asked for', async t => {
    const journal = await fakeJournalctl(t)
    const lines = await journal.write('one', 'two')
    const log = followed(journal, { from: 'start' })
    await log.untilText('two')
    lines.push(...(await journal.write('three')))
    await log.untilText('three')
    expect(linesOf(log.items)).toEqual(lines)
    expect(words(log.items)[0]).toBe('A opened')
    expect(log.items[0]?.source).toMatchObject({ host: 'h', path: NAME, id: expect.stringMatching(/^journal:\w{16}$/) })
    expect((await journal.calls()).every(call => call.includes('--unit=web.service'))).toBe(true)
  })

  it('begins at the end, and misses nothing that is written while it begins', async t => {
    const journal = await fakeJournalctl(t)
    await journal.write('old')
    const log = followed(journal)
    await log.until(items => words(items).includes('A opened'))
    await journal.write('new')
    await log.untilText('new')
    expect(messages(log)).toEqual(['new'])
    const empty = await fakeJournalctl(t)
    const first = followed(empty)
    await first.until(items => words(items).includes('A opened'))
    await empty.write('the first of all')
    await first.untilText('the first of all')
  })

  it('goes on after the entry that was acknowledged, proven by its cursor', async t => {
    const journal = await fakeJournalctl(t)
    const checkpointPath = join(await tempDir(t), 'checkpoint')
    const lines = await journal.write('one', 'two')
    {
      await using checkpoint = await openCheckpoint(checkpointPath)
      const log = followed(journal, { from: 'start', checkpoint })
      await log.untilText('two')
      const batch = log.items.findLast(item => item.kind === 'lines')
      const token = batch && resumeTokenAfter(batch)
      if (!batch || !token) throw new Error('there is a batch')
      expect(parseResumeToken(formatResumeToken(token)).tailHash).toBe('saa:i5002:bbb:m5002:t5002:xf5002')
      await checkpoint.acknowledge(batch.source, token.offset)
      expect(checkpoint.load(token.sourceId)).toMatchObject({ tailHash: token.tailHash })
      await log.stop()
    }
    await journal.write('three')
    await using checkpoint = await openCheckpoint(checkpointPath)
    const log = followed(journal, { checkpoint })
    await log.untilText('three')
    expect(messages(log)).toEqual(['three'])
    expect(log.items.find(({ kind }) => kind === 'lines')).toMatchObject({ offset: lines.join('\n').length + 1 })
    expect(words(log.items).filter(word => word.includes('failed'))).toEqual([])
  })

  it.each([
    ['with later ones after it', 3, 'four'],
    ['and nothing else', 4, 'five'],
  ])('tells that the acknowledged entry is not there any more, %s', async (_, forgotten, rest) => {
    const journal = await fakeJournalctl({ onTestFinished })
    const checkpoint = await openCheckpoint(join(await tempDir({ onTestFinished }), 'checkpoint'))
    onTestFinished(() => checkpoint.close())
    await journal.write('one', 'two')
    const before = followed(journal, { from: 'start', checkpoint })
    await before.untilText('two')
    for (const item of before.items)
      if (item.kind === 'lines') await checkpoint.acknowledge(item.source, item.offset + item.bytes.length)
    await before.stop()
    await journal.write('three', 'four')
    await journal.forget(forgotten)
    const log = followed(journal, { checkpoint })
    await log.until(items => words(items).includes('A failed'))
    if (rest === 'five') await journal.write('five')
    await log.untilText(rest)
    expect(messages(log)).toEqual([rest])
    expect(words(log.items).filter(word => word === 'A failed')).toHaveLength(1)
  })

  it('starts journalctl again when it breaks off, and loses nothing', async t => {
    const journal = await fakeJournalctl(t)
    const log = followed(journal, { from: 'start' })
    await journal.write('one')
    await log.untilText('one')
    await vi.waitFor(async () => expect((await journal.calls()).at(-1)).toContain('--follow'), 20_000)
    await journal.breakOff()
    await log.until(items => words(items).includes('A failed'))
    await journal.write('two')
    await log.untilText('two')
    expect(messages(log)).toEqual(['one', 'two'])
    const failed = log.items.filter(item => item.kind === 'event' && item.event === 'failed')
    expect(failed).toMatchObject([{ detail: { message: 'journalctl failed: exit status 1' } }])
  })

  it('says what journalctl complains of, and that there is none', async t => {
    const journal = await fakeJournalctl(t)
    await journal.fail('No journal files were found.')
    const [failed] = await collect(follow(NAME, { journalctl: journal.program, once: true }))
    const message = expect.stringContaining('exit status 1: No journal files were found.') as string
    expect(failed).toMatchObject({ event: 'failed', detail: { code: 'LF_TAILER_JOURNAL', message } })
    const [missing] = await collect(follow(NAME, { journalctl: '/none/journalctl', once: true }))
    expect(missing).toMatchObject({ event: 'failed', detail: { code: 'LF_TAILER_JOURNAL' } })
    const [unit] = await collect(follow('journal:--rotate', { journalctl: journal.program, once: true }))
    expect(unit).toMatchObject({ detail: { message: '"journal:--rotate" names no unit' } })
  })

  it('is read to its end with once, and beside files', async t => {
    const journal = await fakeJournalctl(t)
    const file = join(await tempDir(t), 'app.log')
    await journal.write('one', 'two')
    const items = await collect(
      follow([NAME, file], { journalctl: journal.program, once: true, from: 'start', host: 'h' }),
    )
    const own = items.filter(({ source }) => source.path === NAME)
    expect([words(own).at(0), words(own).at(-1), linesOf(own).length]).toEqual(['A opened', 'A ended', 2])
    expect(await journal.calls()).toHaveLength(1)
  })
})
