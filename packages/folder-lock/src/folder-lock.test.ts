import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { holderOf, lockFolder } from './folder-lock.ts'

const base = mkdtempSync(join(tmpdir(), 'logflow-lock-'))
afterAll(() => rmSync(base, { recursive: true }))
const folder = (): string => mkdtempSync(join(base, 'f-'))

describe('lockFolder', () => {
  it('gives a folder to one holder at a time, by whatever path it is named', async () => {
    const dir = folder()
    symlinkSync(dir, `${dir}-link`)
    const lock = await lockFolder(dir, 'test')
    expect(lock).toBeDefined()
    expect(await lockFolder(`${dir}-link`, 'test')).toBeUndefined()
    await lock?.close()
    const next = await lockFolder(`${dir}-link`, 'test')
    expect(next).toBeDefined()
    await next?.close()
  })

  it('says which process holds it, and that nobody does', async () => {
    const dir = folder()
    expect(await holderOf(dir, 'test')).toBeUndefined()
    const lock = await lockFolder(dir, 'test')
    expect(await holderOf(dir, 'test')).toBe(process.pid)
    await lock?.close()
    expect(await holderOf(dir, 'test')).toBeUndefined()
  })

  it('keeps purposes and folders apart', async () => {
    const dir = folder()
    const locks = await Promise.all([lockFolder(dir, 'a'), lockFolder(dir, 'b'), lockFolder(folder(), 'a')])
    expect(locks.every(lock => lock !== undefined)).toBe(true)
    for (const lock of locks) await lock?.close()
  })

  it('is free again after its holder was killed', async () => {
    const dir = folder()
    const lock = await lockFolder(dir, 'probe')
    await lock?.close()
    // Another process takes the same address, as a holder would, and is killed.
    const name = process.platform === 'linux' ? '\\0' : `${tmpdir()}/`
    const hash = `crypto.createHash('sha256').update(fs.realpathSync(${JSON.stringify(dir)})).digest('hex').slice(0, 32)`
    const end = process.platform === 'linux' ? '' : '.sock'
    const code = `net.createServer().listen('${name}logflow-probe-' + ${hash} + '${end}', () => console.log('held'))`
    const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    expect(await lockFolder(dir, 'probe')).toBeUndefined()
    child.kill('SIGKILL')
    await once(child, 'exit')
    await vi.waitFor(async () => {
      const again = await lockFolder(dir, 'probe')
      expect(again).toBeDefined()
      await again?.close()
    })
  })

  it('refuses a folder that is not there and a purpose that is no name', async () => {
    await expect(lockFolder(join(base, 'missing'), 'test')).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(lockFolder(base, '../x')).rejects.toThrow(RangeError)
  })
})
