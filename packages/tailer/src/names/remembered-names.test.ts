import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../../testkit/src/index.ts'
import type { FileFacts, FileSystem } from '../files/file-system.ts'
import { nodeFileSystem } from '../files/node-file-system.ts'
import { listerOf } from './glob.ts'
import { RememberedFolders } from './remembered-folders.ts'
import { withRememberedNames } from './remembered-names.ts'

/** One folder whose clock is as coarse as it is told to be. */
class OneFolder {
  readonly clock = new FakeClock(Date.UTC(2026, 0, 1) + 1)
  readonly #coarseMs: number
  names: string[] = []
  listings = 0
  #mtimeNs = 0n

  constructor(coarseMs: number) {
    this.#coarseMs = coarseMs
  }

  /** What changes in one tick cannot be told by the time. */
  set(...names: string[]): void {
    this.names = names
    this.#mtimeNs = BigInt(Math.floor(this.clock.now() / this.#coarseMs) * this.#coarseMs) * 1_000_000n
  }

  readonly files: FileSystem = {
    ...nodeFileSystem,
    stat: async (): Promise<FileFacts> => {
      return { dev: 1n, ino: 1n, size: 0n, birthtimeNs: 1n, mtimeNs: this.#mtimeNs, isFile: () => false }
    },
    readdir: async () => {
      this.listings++
      return [...this.names]
    },
  }
}

/** What is asked of the folder, by whom. */
const askers: [string, (folder: OneFolder) => () => Promise<readonly string[]>][] = [
  [
    'what lies beside a file',
    ({ files, clock }) => {
      const remembering = withRememberedNames(files, clock)
      return async () => (await remembering.namesFrom?.('/logs', 'a')) ?? []
    },
  ],
  [
    'what a pattern matches',
    ({ files: fileSystem, clock }) => {
      const folders = new RememberedFolders({
        pattern: '/logs/a*',
        fileSystem,
        list: listerOf(fileSystem),
        clock,
        isKnown: () => false,
      })
      return async () => {
        const found: string[] = []
        for await (const { names } of folders.matches()) found.push(...names)
        return found
      }
    },
  ],
]

describe.each(askers)('%s', (_, askerOf) => {
  it.each([4, 1000, 2000])('is listed anew while a change could not be told, with a clock of %d ms', async coarseMs => {
    const folder = new OneFolder(coarseMs)
    const ask = askerOf(folder)
    folder.set('b', 'a1')
    expect(await ask()).toEqual(['a1'])
    folder.set('a2', 'b', 'a1')
    expect(await ask()).toEqual(['a1', 'a2'])
    folder.set('a2')
    await folder.clock.advance(1)
    expect(await ask()).toEqual(['a2'])
  })

  it('is not listed again while the folder is as it was, and is when it is not', async () => {
    const folder = new OneFolder(4)
    const ask = askerOf(folder)
    folder.set('a1')
    await folder.clock.advance(3000)
    for (let i = 0; i < 10; i++) expect(await ask()).toEqual(['a1'])
    expect(folder.listings).toBe(1)
    folder.set('a1', 'a2')
    await folder.clock.advance(3000)
    for (let i = 0; i < 10; i++) expect(await ask()).toEqual(['a1', 'a2'])
    expect(folder.listings).toBe(2)
  })
})

describe('RememberedFolders', () => {
  it('gives again only what is not known yet, until ten minutes have gone by', async () => {
    const folder = new OneFolder(4)
    const known = new Set(['/logs/a', '/logs/c'])
    const { files: fileSystem, clock } = folder
    const folders = new RememberedFolders({
      pattern: '/logs/*',
      fileSystem,
      list: listerOf(fileSystem),
      clock,
      isKnown: path => known.has(path),
    })
    const ask = async (): Promise<readonly string[]> => {
      const found: string[] = []
      for await (const { prefix, names } of folders.matches()) found.push(...[...names].map(name => prefix + name))
      return found
    }
    folder.set('a', 'b', 'c')
    await clock.advance(3000)
    expect(await ask()).toEqual(['/logs/a', '/logs/b', '/logs/c'])
    expect(await ask()).toEqual(['/logs/b'])
    await clock.advance(600_000)
    expect(await ask()).toEqual(['/logs/a', '/logs/b', '/logs/c'])
    expect(folder.listings).toBe(2)
  })
})
