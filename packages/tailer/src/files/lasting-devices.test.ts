import { describe, expect, it } from 'vitest'
import type { FileFacts, FileSystem } from './file-system.ts'
import { withLastingDevices } from './lasting-devices.ts'

/** A disk on `/log` with one file, and what is told of a link that leads to another one. */
function disk(statNow: boolean): { readonly files: FileSystem; dev: bigint; birthtimeNs: bigint } {
  const facts = (dev: bigint, ino: bigint, isFile: boolean): FileFacts => {
    return { dev, ino, size: 1n, birthtimeNs: model.birthtimeNs, mtimeNs: 1n, isFile: () => isFile }
  }
  const stat = (path: string): FileFacts => {
    if (path === '/log/link') return facts(50n, 7n, true)
    return path === '/log' ? facts(model.dev, 2n, false) : facts(model.dev, 3n, true)
  }
  const handle = {
    stat: () => Promise.resolve(stat('/log/app.log')),
    read: () => Promise.resolve({ bytesRead: 0 }),
    close: () => Promise.resolve(),
  }
  const files = {
    open: () => Promise.resolve(handle),
    stat: (path: string) => Promise.resolve(stat(path)),
    statNow: statNow ? stat : undefined,
  }
  const model = { files: files as unknown as FileSystem, dev: 1n, birthtimeNs: 9n }
  return model
}

describe.each([false, true])('withLastingDevices, asked at once: %s', atOnce => {
  const devices = async (files: FileSystem): Promise<(bigint | undefined)[]> => {
    const ask = async (path: string): Promise<bigint | undefined> =>
      (atOnce ? files.statNow?.(path) : await files.stat(path))?.dev
    const handle = await files.open('/log/app.log')
    const file = await ask('/log/app.log')
    return [file, await ask('/log/link'), await ask('/log'), (await handle.stat({ bigint: true })).dev]
  }

  it('lets a disk that is mounted again keep its first number', async () => {
    const model = disk(atOnce)
    const files = withLastingDevices(model.files)
    expect(await devices(files)).toEqual([1n, 50n, 1n, 1n])
    model.dev = 2n
    expect((await devices(files)).slice(0, 3)).toEqual([1n, 50n, 1n])
    expect(await devices(files)).toEqual([1n, 50n, 1n, 1n])
    model.dev = 1n
    expect(await devices(files)).toEqual([1n, 50n, 1n, 1n])
  })

  it('takes another folder in the same place for what it is, and none for any where births are not told', async () => {
    const model = disk(atOnce)
    const files = withLastingDevices(model.files)
    await devices(files)
    Object.assign(model, { dev: 2n, birthtimeNs: 10n })
    expect(await devices(files)).toEqual([2n, 50n, 2n, 2n])
    Object.assign(model, { dev: 3n, birthtimeNs: 0n })
    expect(await devices(files)).toEqual([3n, 50n, 3n, 3n])
  })
})
