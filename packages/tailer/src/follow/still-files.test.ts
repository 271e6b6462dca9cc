import { appendFileSync, renameSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { tempDir } from '../../../testkit/src/index.ts'
import { openCheckpoint, type Checkpoint } from '../checkpoint/checkpoint.ts'
import { ReadBuffer } from '../files/file-reader.ts'
import type { FileSystem } from '../files/file-system.ts'
import { nodeFileSystem } from '../files/node-file-system.ts'
import { UndecidedFiles } from '../files/undecided-files.ts'
import { DirectoryWatch } from '../files/watch.ts'
import { Claims } from '../identity/claims.ts'
import { Marks } from '../identity/marks.ts'
import { resolveFollowOptions } from '../options.ts'
import type { RestingFile } from '../resting/resting-file.ts'
import type { FollowContext } from './follow-context.ts'
import type { FollowedFile } from './followed-file.ts'
import { FollowedFiles } from './followed-files.ts'
import { lookAt, type NamedFacts } from './rotation.ts'
import { StillFiles } from './still-files.ts'

interface Group {
  readonly files: FollowedFiles
  readonly still: StillFiles
  readonly checkpoint: Checkpoint
}

type Finished = Parameters<typeof tempDir>[0]

async function groupOf(t: Finished, fileSystem: FileSystem = nodeFileSystem): Promise<Group> {
  const checkpoint = await openCheckpoint(join(await tempDir(t), 'checkpoint'))
  const options = resolveFollowOptions({ host: 'h', from: 'end', checkpoint, fileSystem })
  const watch = new DirectoryWatch(() => {}, { fileSystem: options.fileSystem })
  t.onTestFinished(async () => {
    watch.close()
    await checkpoint.close()
  })
  const context: FollowContext<FollowedFile> = {
    ...{ options, buffer: new ReadBuffer(options.batchBytes), claims: new Claims(), marks: new Marks(options.clock) },
    ...{
      undecided: new UndecidedFiles(),
      isCopy: () => Promise.resolve('no'),
      isReadBeside: () => Promise.resolve(false),
      mustSpare: () => false,
    },
    ...{ listenTo: (path, openedPath) => files.listenTo(path, openedPath), wake: () => {} },
  }
  const files = new FollowedFiles(context, watch)
  return { files, still: new StillFiles(context, files), checkpoint }
}

/** Begun like any other, and laid to rest. */
async function asAnyOther({ files }: Group, path: string): Promise<RestingFile> {
  const file = files.add(path, { first: true })
  await file.observe()
  return file.rest() as RestingFile
}

/** So many that further ones are taken up in short. */
function manyAtRest({ files }: Group, record: RestingFile): void {
  for (let i = 0; i < 300; i++) files.addResting(`/nowhere/${i}.log`, () => record)
}

async function namedAt(path: string): Promise<NamedFacts> {
  return (await lookAt(path)) as NamedFacts
}

/** A file, last written so many seconds ago, in a folder that has come to rest. */
async function fileOf(t: Finished, content: string, agoSeconds = 1000): Promise<string> {
  const dir = await tempDir(t)
  const path = join(dir, 'app.log')
  writeFileSync(path, content)
  const seconds = Date.now() / 1000 - agoSeconds
  utimesSync(path, seconds, seconds)
  utimesSync(dir, seconds, seconds)
  return path
}

/** But for who has it, and when the folder was looked at. */
function inCommon({ opener, ...file }: RestingFile): unknown {
  const { horizon, seen, ...rest } = opener
  return { ...file, owner: 0, opener: { ...rest, looks: [horizon, seen].map(look => ({ ...look, packedNs: 0n })) } }
}

describe.runIf(process.platform === 'linux')('StillFiles', () => {
  it.each([1, 100, 256, 257, 1024, 1025, 5000])(
    'keeps of a file of %i bytes what is kept of any at rest',
    async size => {
      const t = { onTestFinished }
      const path = await fileOf(t, 'a line of it\n'.repeat(size).slice(0, size))
      const [long, short] = [await groupOf(t), await groupOf(t)]
      const record = await asAnyOther(long, path)
      manyAtRest(short, record)
      expect(await short.still.takeUp(path, await namedAt(path))).toBe(true)
      expect(inCommon(short.files.wake(path)?.rest() as RestingFile)).toEqual(inCommon(record))
      const [entry, other] = [...long.checkpoint.entries(), ...short.checkpoint.entries()]
      const moment = /<\w+$/
      expect({ ...other, atMs: 0, beside: other?.beside?.replace(moment, '') }).toEqual({
        ...{ ...entry, atMs: 0, beside: entry?.beside?.replace(moment, '') },
      })
    },
  )

  it.each<[string, (path: string) => void]>([
    ['is written to', path => appendFileSync(path, 'more\n')],
    ['is rotated', path => renameSync(path, `${path}.1`)],
    ['gets a neighbour', path => writeFileSync(`${path}.1`, 'another\n')],
  ])('leaves to others a file that %s while it is looked at', async (_, change) => {
    const t = { onTestFinished }
    const path = await fileOf(t, 'old\n')
    const fileSystem: FileSystem = {
      ...nodeFileSystem,
      async open(opened) {
        const handle = await nodeFileSystem.open(opened)
        change(path)
        return handle
      },
    }
    const group = await groupOf(t, fileSystem)
    manyAtRest(group, await asAnyOther(await groupOf(t), path))
    expect(await group.still.takeUp(path, await namedAt(path))).toBe(false)
    expect([group.files.has(path), group.checkpoint.entries()]).toEqual([false, []])
  })

  it('leaves to others what is empty, young, a link, or read under another name', async () => {
    const t = { onTestFinished }
    const path = await fileOf(t, 'old\n')
    const [empty, young] = [await fileOf(t, ''), await fileOf(t, 'young\n', 1)]
    const group = await groupOf(t)
    manyAtRest(group, await asAnyOther(await groupOf(t), path))
    const link = `${empty}.link`
    symlinkSync(path, link)
    for (const other of [empty, young, link]) expect(await group.still.takeUp(other, await namedAt(other))).toBe(false)
    expect(await group.still.takeUp(path, await namedAt(path))).toBe(true)
    expect(await group.still.takeUp(path, await namedAt(path))).toBe(false)
  })
})
