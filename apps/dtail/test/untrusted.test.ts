import { appendFile, chmod, mkdir, rename, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createGzip } from 'node:zlib'
import { compress } from '@logflow/compress'
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { encodeCommandFrame } from '@logflow/protocol'
import { tempDir } from '@logflow/testkit'
import { describe, expect, it, vi } from 'vitest'
import { converse, readUntil, serving, type Serving } from './serving.ts'

const MIB = 1024 * 1024
const UNREADABLE = 'Unable to read file(s), check server logs\n¶'

/** Growth of memory while `work` runs, at most, in bytes. */
async function growth(work: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage().rss
  let most = before
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 10)
  await work().finally(() => clearInterval(timer))
  return most - before
}

async function stillServes(here: Serving): Promise<void> {
  const path = await here.file('ordinary.log', 'fine\n')
  expect(await converse(await here.session(), `cat:plain=true ${path} regex:noop `)).toBe('fine\n¶')
}

describe('a path that leads out of what is permitted', () => {
  it.for([
    ['..', (open: string) => `${open}/../secret.log`],
    ['many ..', (open: string) => `${open}/${'../'.repeat(40)}${open}/../secret.log`],
    ['.. behind a pattern', (open: string) => `${open}/*/../../secret.log`],
    ['a pattern', (open: string) => `${open.slice(0, -4)}*/secret.log`],
    ['a link to a file', (open: string) => `${open}/link.log`],
    ['a link to a folder', (open: string) => `${open}/folder/secret.log`],
    ['a link in a pattern', (open: string) => `${open}/f*/s*.log`],
    ['a NUL', (open: string) => `${open}/a.log\0/../../secret.log`],
    ['a device', () => '/dev/zero'],
    ['a folder', (open: string) => open],
  ] as const)('is answered as if nothing were there: %s', async ([, pathIn], t) => {
    const folder = await tempDir(t)
    const open = join(folder, 'open')
    await mkdir(open)
    await writeFile(join(folder, 'secret.log'), 'secret\n')
    await symlink(join(folder, 'secret.log'), join(open, 'link.log'))
    await symlink(folder, join(open, 'folder'))
    const here = await serving(t, { Permissions: { Default: [`^${open}/`], Users: {} } })
    const text = await converse(await here.session(), `cat:plain=true ${pathIn(open)} regex:noop `)
    expect(text).not.toContain('secret\n')
    expect(text).toContain(UNREADABLE)
  })

  it('is not followed when a link takes the place of a followed file', async t => {
    const here = await serving(t, { Permissions: { Default: ['^/.*', '!secret'], Users: {} } })
    const [path, secret] = [await here.file('a.log', ''), await here.file('secret.log', '')]
    const session = await here.session()
    await session.write(encodeCommandFrame(`tail:plain=true ${path} regex:noop `))
    const writing = setInterval(() => void appendFile(path, 'permitted\n'), 20)
    await readUntil(session, 'permitted\n').finally(() => clearInterval(writing))
    await rename(path, `${path}.1`)
    await symlink(secret, path)
    const leaking = setInterval(() => void appendFile(secret, 'secret\n'), 20)
    t.onTestFinished(() => clearInterval(leaking))
    // The follower has looked at the link, and refused it.
    const text = await readUntil(session, UNREADABLE)
    expect(text).not.toContain('secret\n')
  })
})

describe('the permissions of a user with an account', () => {
  it('are those of a shell, besides the rules', async t => {
    const account = { uid: 54_321, groups: new Set([54_321]), home: '/' }
    const accounts = { find: async (user: string) => (user === 'paul' ? account : undefined) }
    const here = await serving(t, {}, { accounts })
    await chmod(here.folder, 0o755)
    const [open, closed] = [await here.file('open.log', 'open\n'), await here.file('closed.log', 'closed\n')]
    await chmod(closed, 0o640)
    expect(await converse(await here.session(), `cat:plain=true ${open} regex:noop `)).toBe('open\n¶')
    expect(await converse(await here.session(), `cat:plain=true ${closed} regex:noop `)).toContain(UNREADABLE)
    const lax = await serving(t, { UnixPermissions: false }, { accounts })
    expect(await converse(await lax.session(), `cat:plain=true ${closed} regex:noop `)).toBe('closed\n¶')
  })

  it('go by access control lists, and where such a list cannot be read nothing is', async t => {
    const accounts = { find: async () => ({ uid: 54_321, groups: new Set([54_321]), home: '/' }) }
    // Nothing but "others may read".
    const list = Uint8Array.of(2, 0, 0, 0, 32, 0, 4, 0, 255, 255, 255, 255)
    const readAcl = (path: string): Uint8Array | undefined => {
      if (path.endsWith('odd.log')) throw Object.assign(new Error('Input/output error'), { errno: 5 })
      return path.endsWith('listed.log') ? list : undefined
    }
    const here = await serving(t, {}, { accounts, readAcl })
    await chmod(here.folder, 0o755)
    const [listed, odd] = [await here.file('listed.log', 'listed\n'), await here.file('odd.log', 'odd\n')]
    await chmod(listed, 0o600)
    expect(await converse(await here.session(), `cat:plain=true ${listed} regex:noop `)).toBe('listed\n¶')
    expect(await converse(await here.session(), `cat:plain=true ${odd} regex:noop `)).toContain(UNREADABLE)
  })
})

describe('a pattern that is a bomb', () => {
  it.for([
    ['stars in stars', '(a*)*b', ''],
    ['the same twice', '(a|a)*b', ''],
    ['many ways', '(a+)+(a+)+b', ''],
    ['perhaps many', `${'(a?){50}'.repeat(4)}b`, ''],
    ['repetitions of repetitions', '((((a{100}){100}){100}){100}){100}', 'Unable to parse command'],
    ['depth', `${'('.repeat(50_000)}a${')'.repeat(50_000)}`, 'Unable to parse command'],
    ['length', `(${'x{1000}'.repeat(1000)})`, 'Unable to parse command'],
    ['large classes', '[^\\x{0}-\\x{10ffff}]{1000}{1000}', 'Unable to parse command'],
  ] as const)('costs little time and memory: %s', async ([, pattern, answer], t) => {
    const here = await serving(t)
    const path = await here.file('a.log', `${'a'.repeat(200_000)}\n`.repeat(5))
    const grown = await growth(async () => {
      const text = await converse(await here.session(), `grep:plain=true ${path} regex:default ${pattern}`)
      if (answer === '') expect(text).toBe('')
      else expect(text).toContain(answer)
    })
    expect(grown).toBeLessThan(128 * MIB)
    await stillServes(here)
  })
})

describe('a compressed file that is a bomb', () => {
  it.for(['gz', 'zst'] as const)('is read in bounded memory: %s', async (kind, t) => {
    const here = await serving(t)
    const path = join(here.folder, `bomb.${kind}`)
    if (kind === 'gz') {
      const zeros = Readable.from(
        (function* () {
          for (let i = 0; i < 256; i++) yield Buffer.alloc(MIB)
        })(),
      )
      await pipeline(zeros, createGzip({ level: 1 }), createWriteStream(path))
    } else {
      const part = await compress(Buffer.alloc(64 * MIB), { format: 'zstd' })
      await writeFile(path, Buffer.concat([part, part, part, part]))
    }
    const grown = await growth(async () => {
      const text = await converse(await here.session(), `grep:plain=true ${path} regex:default,literal needle`)
      expect(text.replaceAll(/[^¶]*Long log line[^¶]*¶/g, '')).toBe('')
    })
    // Less than it holds, by far less than it could hold.
    expect(grown).toBeLessThan(192 * MIB)
    await stillServes(here)
  })

  it('does not get the memory that its head asks for', async t => {
    const here = await serving(t)
    // A zstd frame with a window of 2 GiB (RFC 8878, section 3.1.1.1.2) and one raw block.
    const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 21 << 3, 0x09, 0x00, 0x00, 0x61])
    const path = join(here.folder, 'window.zst')
    await writeFile(path, head)
    const grown = await growth(async () => converse(await here.session(), `cat: ${path} regex:noop `))
    expect(grown).toBeLessThan(64 * MIB)
    await stillServes(here)
  })
})

describe('a client that asks for more than it takes', () => {
  it('gets no memory for commands without end', async t => {
    const here = await serving(t)
    const session = await here.session()
    const frames = Buffer.concat(Array.from({ length: 2000 }, () => encodeCommandFrame('dance now')))
    const grown = await growth(async () => {
      const flood = (async () => {
        for (let i = 0; i < 100; i++) await session.write(Uint8Array.from(frames))
      })()
      await Promise.race([flood, new Promise(resolve => setTimeout(resolve, 1500))])
    })
    expect(grown).toBeLessThan(160 * MIB)
    session.abort()
    await vi.waitFor(() => expect(here.server.stats().connections).toBe(0))
    await stillServes(here)
  })

  it('is closed when a frame never ends', async t => {
    const here = await serving(t)
    const session = await here.session()
    const grown = await growth(async () => {
      const flood = (async () => {
        for (let i = 0; i < 64; i++) await session.write(Buffer.alloc(MIB, 0x61))
      })()
      flood.catch(() => {})
      await session.closed
    })
    expect(grown).toBeLessThan(64 * MIB)
    await stillServes(here)
  })
})
