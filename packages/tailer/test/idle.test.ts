import { appendFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { tempDir } from '../../testkit/src/index.ts'
import { openBelow } from './open-below.ts'
import { following } from './observed.ts'

describe.runIf(process.platform === 'linux')('a file to which nothing is written', () => {
  it('costs no descriptor, and is read on when something is', async t => {
    const dir = await tempDir(t)
    const paths = Array.from({ length: 300 }, (_, i) => join(dir, `${i}.log`))
    for (const path of paths) writeFileSync(path, 'old\n')
    const reader = following(join(dir, '*.log'), { from: 'start', idleMs: 1 })
    await reader.until(found => found.filter(({ kind }) => kind === 'lines').length === paths.length)
    const next = reader.untilText('new\n')
    await vi.waitFor(() => expect(openBelow(dir)).toBe(0))
    appendFileSync(paths[123] as string, 'new\n')
    await next
    await reader.stop()
  })

  it('is read to its end under its new name when it was rotated while it was closed', async t => {
    const path = join(await tempDir(t), 'app.log')
    writeFileSync(path, 'one\n')
    const reader = following(path, { from: 'start', idleMs: 1 })
    await reader.untilText('one\n')
    const next = reader.untilText('three\n')
    await vi.waitFor(() => expect(openBelow(path)).toBe(0))
    appendFileSync(path, 'two\n')
    renameSync(path, `${path}.1`)
    writeFileSync(path, 'three\n')
    await next
    const texts = reader.items.flatMap(item => (item.kind === 'lines' ? Buffer.from(item.bytes).toString() : []))
    expect(texts.join('')).toBe('one\ntwo\nthree\n')
    await reader.stop()
  })
})
