import { once } from 'node:events'
import { closeSync, openSync, writeFileSync } from 'node:fs'
import { formatResumeToken } from '@logflow/core'
import { TailsrvReplyDecoder, type TailsrvReply } from '@logflow/protocol'
import { nativeSupport } from '@logflow/sendfile-native'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  serveFile,
  type EarlierFileLike,
  type FileServer,
  type GrowingFileLike,
  type ServeOptions,
} from '../src/index.ts'
import { ManualFile } from './manual-file.ts'
import { TestReader } from './reader.ts'

const engines = nativeSupport().supported ? (['native', 'javascript'] as const) : (['javascript'] as const)

/** A file whose sources are called `g<n>`, and whose tokens prove nothing but that. */
function named(file: ManualFile, earlier: readonly EarlierFileLike[] = []): GrowingFileLike {
  let generation = 0
  return {
    path: file.path,
    get fd() {
      return file.fd
    },
    get size() {
      return file.size
    },
    get source() {
      return { id: `g${generation}` }
    },
    async *changes() {
      for await (const change of file.changes()) {
        if (change.kind === 'rotated' || change.kind === 'truncated') generation++
        yield change
      }
    },
    release: fd => file.release(fd),
    tokenAt: async ({ sourceId, offset }) => ({ sourceId, offset, tailHash: `h${offset}` }),
    since: async ({ sourceId }) => {
      const from = earlier.findIndex(file => file.sourceId === sourceId)
      return sourceId === `g${generation}` ? [] : from === -1 ? undefined : earlier.slice(from)
    },
  }
}

/** Reads frames; runs of bytes are one. */
class FrameReader {
  readonly reader: TestReader
  readonly #decoder = new TailsrvReplyDecoder()
  readonly replies: TailsrvReply[] = []

  constructor(port: number, header: string) {
    this.reader = new TestReader(port, header)
    this.reader.socket.on('data', (chunk: Buffer) => {
      this.#decoder.push(new Uint8Array(chunk))
      for (let reply = this.#decoder.read(); reply; reply = this.#decoder.read()) this.replies.push(reply)
    })
  }

  /** `accepted g0 0`, `bytes "..."`, `position g0 5`, `gap 3-5 truncated`, `ended rotated`, `refused ...` */
  get story(): string[] {
    const story: string[] = []
    let text = ''
    for (const reply of this.replies) {
      if (reply.kind === 'bytes') text += Buffer.from(reply.bytes).toString('latin1')
      else {
        if (text !== '') story.push(`bytes ${text}`)
        text = ''
        story.push(wordsOf(reply))
      }
    }
    return text === '' ? story : [...story, `bytes ${text}`]
  }

  async tells(...story: string[]): Promise<void> {
    await vi.waitFor(() => expect(this.story).toEqual(story), { interval: 5 })
  }
}

function wordsOf(reply: Exclude<TailsrvReply, { kind: 'bytes' }>): string {
  switch (reply.kind) {
    case 'accepted':
      return `accepted ${reply.sourceId} ${reply.offset}`
    case 'position':
      return `position ${reply.token.sourceId} ${reply.token.offset}`
    case 'gap':
      return `gap ${reply.from}-${reply.to} ${reply.reason}`
    case 'ended':
      return `ended ${reply.reason}`
    case 'refused':
      return `refused ${reply.text}`
  }
}

describe.each(engines)('resume, %s engine', engine => {
  let server: FileServer
  const start = async (file: GrowingFileLike, options: ServeOptions = {}): Promise<void> => {
    const limits = { drainMs: 500, rotationGraceMs: 20, ...options.limits }
    server = await serveFile(file, { engine, rotation: 'follow', ...options, limits })
  }
  const resume = (word: string): FrameReader => new FrameReader(server.port, `resume ${word}\n`)
  const token = (sourceId: string, offset: number): string => formatResumeToken({ sourceId, offset, tailHash: 'x' })
  afterEach(() => server.close())

  it('frames the bytes, and gives a position whenever the reader has everything', async () => {
    using file = new ManualFile('0123456789')
    await start(named(file))
    const [all, end, middle] = [resume('start'), resume('end'), resume(token('g0', 4))]
    await all.tells('accepted g0 0', 'bytes 0123456789', 'position g0 10')
    await end.tells('accepted g0 10', 'position g0 10')
    await middle.tells('accepted g0 4', 'bytes 456789', 'position g0 10')
    await file.append('ab')
    await middle.tells('accepted g0 4', 'bytes 456789', 'position g0 10', 'bytes ab', 'position g0 12')
    await end.tells('accepted g0 10', 'position g0 10', 'bytes ab', 'position g0 12')
    expect(server.stats()).toMatchObject({ readers: 3, framedReaders: 3, refusedResume: 0 })
    for (const { reader } of [all, end, middle]) reader.socket.destroy()
    await vi.waitFor(async () => {
      await file.append('!')
      expect(server.stats()).toMatchObject({ readers: 0, clients: 0 })
    })
  })

  it('sends a large file exactly, with positions on the way', async () => {
    const bytes = Buffer.alloc(40_000_001)
    for (let at = 0; at + 4 <= bytes.length; at += 4) bytes.writeUInt32LE((at * 2654435761) >>> 0, at)
    using file = new ManualFile(bytes)
    await start(named(file))
    const reader = resume('start')
    const positions = (): number[] =>
      reader.replies.flatMap(reply => (reply.kind === 'position' ? [reply.token.offset] : []))
    await vi.waitFor(() => expect(positions().at(-1)).toBe(40_000_001), { interval: 50 })
    expect(positions().length).toBeGreaterThan(2)
    const parts = reader.replies.flatMap(reply => (reply.kind === 'bytes' ? [reply.bytes] : []))
    expect(Buffer.concat(parts).equals(bytes)).toBe(true)
  })

  it('tells of a rotation, and goes on with the new file', async () => {
    using file = new ManualFile('old')
    await start(named(file))
    const reader = resume('start')
    await reader.tells('accepted g0 0', 'bytes old', 'position g0 3')
    await file.rotate('new')
    const story = ['accepted g0 0', 'bytes old', 'position g0 3', 'ended rotated', 'accepted g1 0', 'bytes new']
    await reader.tells(...story, 'position g1 3')
    expect(file.released).toHaveLength(1)
  })

  it('tells of a cut, and of the bytes that were lost by it', async () => {
    using file = new ManualFile(Buffer.alloc(30_000_000, 'a'))
    await start(named(file))
    const slow = resume('start')
    // At once: beside a load it would have everything before it stands still.
    slow.reader.socket.pause()
    const quick = resume('end')
    await quick.tells('accepted g0 30000000', 'position g0 30000000')
    await vi.waitFor(() => expect(server.stats().blocked).toBe(1))
    await file.truncate('fresh')
    const position = 'position g0 30000000'
    await quick.tells(
      'accepted g0 30000000',
      position,
      'ended truncated',
      'accepted g1 0',
      'bytes fresh',
      'position g1 5',
    )
    // The frame that was on its way promised bytes that are gone: it can only be broken off.
    slow.reader.socket.resume()
    await once(slow.reader.socket, 'close')
    await vi.waitFor(() => expect(server.stats().readers).toBe(1))
  })

  it('finds the file of a token again after rotations, and sends all that lies between', async () => {
    using file = new ManualFile('current')
    const closed: string[] = []
    const earlier = ['g-2', 'g-1'].map((sourceId): EarlierFileLike => {
      const path = `${file.path}.${sourceId}`
      writeFileSync(path, `<${sourceId}>`)
      const fd = openSync(path, 'r')
      const close = async (): Promise<void> => {
        closeSync(fd)
        closed.push(sourceId)
      }
      return { fd, sourceId, size: 5, close }
    })
    await start(named(file, earlier))
    const reader = resume(token('g-2', 2))
    const story = ['accepted g-2 2', 'bytes -2>', 'position g-2 5', 'ended rotated', 'accepted g-1 0', 'bytes <g-1>']
    await reader.tells(...story, 'position g-1 5', 'ended rotated', 'accepted g0 0', 'bytes current', 'position g0 7')
    expect(closed).toEqual(['g-2', 'g-1'])
  })

  it('says when what a token speaks of is gone, and when there are no tokens at all', async () => {
    using file = new ManualFile('x')
    await start(named(file))
    await resume(token('other', 0)).tells('refused what the token speaks of is gone: resume with start or end')
    await resume('start nothing.log').tells('refused no such file')
    await vi.waitFor(() => expect(server.stats()).toMatchObject({ refusedResume: 2, clients: 0 }))
    await server.close()
    using other = new ManualFile('x')
    await start(other)
    await resume('start').tells('refused this server gives no resume tokens')
  })

  it('ends with a reason when the file is gone, or the server stops', async () => {
    using file = new ManualFile('last')
    await start(named(file), { rotation: 'close' })
    const reader = resume('start')
    await reader.tells('accepted g0 0', 'bytes last', 'position g0 4')
    await file.tell('gone')
    await reader.tells('accepted g0 0', 'bytes last', 'position g0 4', 'ended gone')
    using other = new ManualFile('more')
    await start(named(other))
    const stopped = resume('start')
    await stopped.tells('accepted g0 0', 'bytes more', 'position g0 4')
    await server.close()
    await stopped.tells('accepted g0 0', 'bytes more', 'position g0 4', 'ended stopping')
  })
})
