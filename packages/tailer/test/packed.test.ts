import { appendFileSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { systemClock, type Clock, type Delivery } from '@logflow/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { collect, tempDir } from '../../testkit/src/index.ts'
import { follow, openCheckpoint } from '../src/index.ts'
import { following, linesOf, words, type Following } from './observed.ts'

/** What `gzip` does: another file, which keeps the time of the last write. */
function pack(path: string): void {
  const { atime, mtime } = statSync(path)
  writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)))
  utimesSync(`${path}.gz`, atime, mtime)
  rmSync(path)
}

/** Rotates and packs at once, as fast as nobody can look. */
function rotatePacked(path: string, at: number): void {
  renameSync(path, `${path}.${at}`)
  pack(`${path}.${at}`)
}

async function followed(clock?: Clock): Promise<{ path: string; log: Following }> {
  const path = join(await tempDir({ onTestFinished }), 'app.log')
  writeFileSync(path, 'one\n')
  const log = following(path, { from: 'start', ...(clock && { clock }) })
  onTestFinished(() => log.stop())
  await log.untilText('one\n')
  return { path, log }
}

describe('follow where rotated files are packed at once', () => {
  it('reads generations that nobody had opened, each in its place and as a source of its own', async () => {
    const { path, log } = await followed()
    rotatePacked(path, 1)
    const seconds = Date.now() / 1000
    for (const at of [2, 3]) {
      writeFileSync(path, `first of ${at}\nsecond of ${at}\n`)
      // Of what was written in one tick of the clock the higher number would be the older one.
      utimesSync(path, seconds, seconds + at / 100)
      rotatePacked(path, at)
    }
    writeFileSync(path, 'last\n')
    await log.untilText('last\n')
    expect(words(log.items).filter(word => word.includes('@'))).toEqual([
      'A @0 one',
      'B @0 first of 2|second of 2',
      'C @0 first of 3|second of 3',
      'D @0 last',
    ])
  })

  it('reads no packed copy of what was read, then or long after', async () => {
    const { path, log } = await followed()
    for (let at = 1; at <= 20; at++) {
      renameSync(path, `${path}.${at}`)
      writeFileSync(path, `${at}\n`)
      await log.untilText(`${at}\n`)
    }
    for (let at = 1; at <= 20; at++) {
      pack(`${path}.${at}`)
      appendFileSync(path, `after ${at}\n`)
      await log.untilText(`after ${at}\n`)
    }
    renameSync(path, `${path}.21`)
    writeFileSync(path, 'last\n')
    await log.untilText('last\n')
    const numbers = Array.from({ length: 20 }, (_, i) => `${i + 1}`)
    expect(linesOf(log.items)).toEqual(['one', ...numbers, ...numbers.map(at => `after ${at}`), 'last'])
  })

  it.each([
    ['*', {}],
    ['**', { globstar: true }],
  ])('follows no packed file that %s matches as if its bytes were lines', async (pattern, options) => {
    const dir = await tempDir({ onTestFinished })
    const path = join(dir, 'app.log')
    writeFileSync(`${path}.2`, 'zero\n'.repeat(100))
    pack(`${path}.2`)
    writeFileSync(`${path}.1`, 'one\n')
    writeFileSync(path, 'two\n')
    const log = following(join(dir, pattern), { from: 'start', ...options })
    onTestFinished(() => log.stop())
    await log.untilText('two\n')
    pack(`${path}.1`)
    writeFileSync(`${path}.3`, readFileSync(path))
    pack(`${path}.3`)
    renameSync(path, `${path}.1`)
    writeFileSync(path, 'three\n')
    await log.untilText('three\n')
    expect(linesOf(log.items).sort()).toEqual(['one', 'three', 'two'])
  })

  it('reads no packed copy of what a pattern reads under its rotated name, whoever finds it first', async () => {
    const dir = await tempDir({ onTestFinished })
    const path = join(dir, 'app.log')
    writeFileSync(`${path}.1`, 'one\n')
    writeFileSync(path, 'two\n')
    // Looked at one after the other, the rotated one last.
    const log = following(join(dir, '*'), { from: 'start', watch: false })
    onTestFinished(() => log.stop())
    await log.untilText('two\n')
    appendFileSync(`${path}.1`, 'late\n')
    await log.untilText('late\n')
    pack(`${path}.1`)
    for (const line of ['three', 'four']) {
      renameSync(path, `${path}-${line}`)
      writeFileSync(path, `${line}\n`)
      await log.untilText(`${line}\n`)
    }
    expect(linesOf(log.items).sort()).toEqual(['four', 'late', 'one', 'three', 'two'])
  })

  it('says so when a pattern matches packed files alone', async () => {
    const dir = await tempDir({ onTestFinished })
    writeFileSync(join(dir, 'app.log.1'), 'one\n')
    pack(join(dir, 'app.log.1'))
    const items = await collect(follow(join(dir, '*.gz'), { once: true, from: 'start' }))
    const message: unknown = expect.stringContaining('compressed files are not followed')
    expect(items).toMatchObject([{ event: 'failed', detail: { message } }])
  })

  it('leaves alone what lay there before, also when it is packed later', async () => {
    const path = join(await tempDir({ onTestFinished }), 'app.log')
    writeFileSync(`${path}.1`, 'yesterday\n')
    writeFileSync(path, 'one\n')
    const past = Date.now() / 1000 - 3600
    utimesSync(`${path}.1`, past, past)
    const log = following(path, { from: 'start' })
    onTestFinished(() => log.stop())
    await log.untilText('one\n')
    pack(`${path}.1`)
    rotatePacked(path, 2)
    writeFileSync(path, 'two\n')
    await log.untilText('two\n')
    expect(linesOf(log.items)).toEqual(['one', 'two'])
  })

  it('waits for one that is being packed', async () => {
    const { path, log } = await followed()
    writeFileSync(`${path}.next`, 'missed\n')
    const whole = gzipSync(readFileSync(`${path}.next`))
    rmSync(`${path}.next`)
    rotatePacked(path, 1)
    writeFileSync(`${path}.2.gz`, whole.subarray(0, 15))
    writeFileSync(path, 'two\n')
    await log.untilText('two\n')
    writeFileSync(`${path}.2.gz`, whole)
    await log.untilText('missed\n')
    expect(linesOf(log.items)).toEqual(['one', 'two', 'missed'])
    expect(words(log.items).filter(word => word.includes('failed'))).toEqual([])
  })

  it('tells once of one that cannot be unpacked', async () => {
    // A thousand times as fast, as far as patience goes.
    const clock = { ...systemClock, monotonicMs: () => systemClock.monotonicMs() * 1000 }
    const { path, log } = await followed(clock)
    rotatePacked(path, 1)
    const damaged = gzipSync('missed\n')
    damaged[damaged.length - 6]! ^= 1
    writeFileSync(`${path}.2.gz`, damaged)
    writeFileSync(path, 'two\n')
    await log.until(items => items.some(item => item.kind === 'event' && item.event === 'failed'))
    appendFileSync(path, 'three\n')
    await log.untilText('three\n')
    const failed = log.items.filter(item => item.kind === 'event' && item.event === 'failed')
    expect(failed).toHaveLength(1)
    expect(failed[0]).toMatchObject({ detail: { code: 'LF_TAILER_PACKED', packedBytes: damaged.length } })
    expect(linesOf(log.items)).toEqual(['one', 'two', 'three'])
  })
})

describe('follow with a checkpoint where rotated files are packed meanwhile', () => {
  async function run(path: string, place: string, limit = Infinity): Promise<Delivery[]> {
    await using checkpoint = await openCheckpoint(place)
    const items = await collect(follow(path, { host: 'h', once: true, from: 'start', checkpoint, batchBytes: 8 }))
    let bytes = 0
    for (const item of items) {
      if (item.kind !== 'lines' || (bytes += item.bytes.length) > limit) continue
      await checkpoint.acknowledge(item.source, item.offset + item.bytes.length)
    }
    return items
  }

  it('goes on in the packed file, then reads those between', async () => {
    const path = join(await tempDir({ onTestFinished }), 'app.log')
    writeFileSync(path, 'one\n')
    await run(path, `${path}-state`)
    appendFileSync(path, 'two\n')
    rotatePacked(path, 1)
    writeFileSync(path, 'three\n')
    rotatePacked(path, 2)
    writeFileSync(path, 'four\n')
    expect(linesOf(await run(path, `${path}-state`))).toEqual(['two', 'three', 'four'])
    rotatePacked(path, 3)
    writeFileSync(path, 'five\n')
    expect(linesOf(await run(path, `${path}-state`))).toEqual(['five'])
  })

  it('reads again what a crash left unacknowledged of a missed one, which is packed by then', async () => {
    const path = join(await tempDir({ onTestFinished }), 'app.log')
    writeFileSync(path, 'one\n')
    await run(path, `${path}-state`)
    renameSync(path, `${path}.1`)
    writeFileSync(path, 'line 2a\nline 2b\n')
    renameSync(path, `${path}.2`)
    writeFileSync(path, 'four\n')
    expect(linesOf(await run(path, `${path}-state`, 8))).toEqual(['line 2a', 'line 2b', 'four'])
    for (const at of [1, 2]) pack(`${path}.${at}`)
    expect(linesOf(await run(path, `${path}-state`))).toEqual(['line 2b', 'four'])
  })
})
