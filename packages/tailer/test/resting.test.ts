import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { tempDir } from '../../testkit/src/index.ts'
import { following, text, type Following } from './observed.ts'

const PATIENCE = { timeout: 30_000 }

/** Waits until nothing below a folder is open: the files are at rest at the next look. */
async function atRest(folder: string): Promise<void> {
  const open = (): string[] => readdirSync('/proc/self/fd').map(fd => linkOf(`/proc/self/fd/${fd}`))
  await vi.waitFor(() => expect(open().filter(link => link.startsWith(folder))).toEqual([]), PATIENCE)
  await new Promise(resolve => void setTimeout(resolve, 100))
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return '' // closed meanwhile
  }
}

const bytesOf = (reader: Following): string => reader.items.map(text).join('')

/** Longer than what the proof of a head keeps as it is. */
const OLD = 'an old line that was there before, and was read\n'.repeat(40)

describe.runIf(process.platform === 'linux')('a file at rest', () => {
  it('goes on where it was, also within a line', async t => {
    const path = join(await tempDir(t), 'app.log')
    writeFileSync(path, `${OLD}half a `)
    const reader = following(path, { from: 'start', idleMs: 1 })
    await reader.untilText('an old line')
    const first = reader.untilText('half a line\n')
    await atRest(path)
    appendFileSync(path, 'line\nhalf ')
    await first
    const second = reader.untilText('half again\n')
    await atRest(path)
    appendFileSync(path, 'again\n')
    await second
    expect(bytesOf(reader)).toBe(`${OLD}half a line\nhalf again\n`)
    await reader.stop()
  })

  it('is heard of where it lies, when a link leads to it, and under a name that is not the shortest', async t => {
    const dir = await tempDir(t)
    mkdirSync(join(dir, 'far'))
    writeFileSync(join(dir, 'far', 'file'), OLD)
    writeFileSync(join(dir, 'near.log'), OLD)
    symlinkSync(join(dir, 'far', 'file'), join(dir, 'link.log'))
    const near = `./${relative(process.cwd(), join(dir, 'near.log'))}`
    const reader = following([join(dir, 'link.log'), near], { pollMs: 3_600_000, idleMs: 1 })
    await reader.until(items => items.filter(({ kind }) => kind === 'event').length === 2)
    const next = reader.until(() => bytesOf(reader).length === 10)
    appendFileSync(join(dir, 'far', 'file'), 'far\n')
    appendFileSync(join(dir, 'near.log'), 'near\n\n')
    await next
    expect([...bytesOf(reader)].sort().join('')).toBe([...'far\nnear\n\n'].sort().join(''))
    await reader.stop()
  })

  it.for<[string, (path: string) => void]>([
    [
      'is known by its copy when it was copied and cut',
      path => {
        copyFileSync(path, `${path}.1`)
        truncateSync(path, 0)
      },
    ],
    ['is read to its end under its new name', path => renameSync(path, `${path}.1`)],
  ])('%s', async ([, rotate], t) => {
    const path = join(await tempDir(t), 'app.log')
    writeFileSync(path, OLD)
    const reader = following(path, { from: 'start', idleMs: 1 })
    await reader.untilText('an old line')
    const next = reader.untilText('new\n')
    await atRest(path)
    appendFileSync(path, 'unread\n')
    rotate(path)
    appendFileSync(path, 'new\n')
    await next
    expect(bytesOf(reader)).toBe(`${OLD}unread\nnew\n`)
    expect(reader.items.filter(({ kind }) => kind === 'gap')).toEqual([])
    await reader.stop()
  })
})
