import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { DEBIAN_TOOL_MS, debianTool, tempDir, type DebianTool } from '../../testkit/src/index.ts'
import { follow } from '../src/index.ts'
import { NumberedLinesCheck, numberedLine } from './numbered-lines.ts'

/** `TORTURE_SECONDS=600` for the long run. */
const seconds = Number(process.env['TORTURE_SECONDS'] ?? 30)
const WRITERS = 4
/**
 * No folder gets more rotated files than this. All ways run in one process, whose event loop writes, reads and starts
 * logrotate; each rotation renames every file that is there, so that a faster pace in a long run would soon ask for
 * names that never rest.
 */
const MAX_ROTATED = 2000
/** However slow the machine is. */
const MIN_ROTATIONS = 2
/** For everything that was written to be read, once nothing more is written. */
const PATIENCE_MS = 60_000

/** Writes numbered lines, and opens its file anew when the name belongs to another one. */
class Writer {
  readonly path: string
  readonly #hash = createHash('sha256')
  #fd: number
  /** How many lines, and bytes. */
  lines = 0
  bytes = 0

  constructor(path: string) {
    this.path = path
    this.#fd = openSync(path, 'a')
  }

  write(): void {
    const named = statSync(this.path, { throwIfNoEntry: false })
    if (named && named.ino !== fstatSync(this.#fd).ino) {
      closeSync(this.#fd)
      this.#fd = openSync(this.path, 'a')
    }
    const fresh = Array.from({ length: 20 }, (_, i) => numberedLine(this.lines + i)).join('')
    writeSync(this.#fd, fresh)
    this.#hash.update(fresh)
    this.lines += 20
    this.bytes += fresh.length
  }

  /** SHA-256 of everything that was written. */
  digest(): string {
    return this.#hash.digest('hex')
  }

  close(): void {
    closeSync(this.#fd)
  }
}

/** What became of the lines of one writer. */
interface Outcome {
  readonly writer: Writer
  readonly read: NumberedLinesCheck
  gapBytes: number
  /** What went wrong, as the follower tells it. */
  readonly failed: unknown[]
}

async function torture(logrotate: DebianTool, dir: string, directives: string, everyMs: number): Promise<Outcome[]> {
  mkdirSync(dir, { mode: 0o755 })
  const config = join(dir, 'logrotate.conf')
  writeFileSync(config, `${dir}/*.log {\n rotate 10000\n missingok\n ${directives.split(' ').join('\n ')}\n}\n`, {
    mode: 0o644,
  })
  const writers = Array.from({ length: WRITERS }, (_, i) => new Writer(join(dir, `writer${i}.log`)))
  const outcomes = new Map(
    writers.map((writer): [string, Outcome] => [
      writer.path,
      { writer, read: new NumberedLinesCheck(), gapBytes: 0, failed: [] },
    ]),
  )
  const paths = writers.map(({ path }) => path)
  const stopped = new AbortController()
  let deliveries = 0
  const reading = (async () => {
    for await (const item of follow(paths, { from: 'start', pollMs: 200, lingerMs: 500, signal: stopped.signal })) {
      deliveries++
      const of = outcomes.get(item.source.path)
      if (item.kind === 'lines') of?.read.take(item)
      if (item.kind === 'gap' && of) {
        of.gapBytes += item.to - item.from
        of.read.takeGap(item)
      }
      if (item.kind === 'event' && item.event === 'failed') of?.failed.push(item.detail)
    }
  })().catch((error: unknown) => {
    if (!stopped.signal.aborted) throw error
  })
  reading.catch(() => {}) // told when it is waited for
  const endMs = performance.now() + seconds * 1000
  const paceMs = Math.max(everyMs, (seconds * 1000 * WRITERS) / MAX_ROTATED)
  let rotated = 0
  const rotating = (async () => {
    // What was rotated before following began was there before it, and is not followed.
    while ([...outcomes.values()].some(({ read }) => read.bytes === 0)) await sleep(10)
    while (rotated < MIN_ROTATIONS || performance.now() < endMs - 2000) {
      await sleep(paceMs)
      await promisify(execFile)(logrotate.path, ['-f', '-s', join(dir, 'state'), config], { env: logrotate.env })
      rotated++
    }
  })()
  rotating.catch(() => (rotated = MIN_ROTATIONS)) // told when it is waited for
  while (rotated < MIN_ROTATIONS || performance.now() < endMs) {
    for (const writer of writers) writer.write()
    await sleep(2)
  }
  await rotating
  // What copytruncate lost can never be read; all else comes, however busy the machine is.
  const readAll = (): boolean =>
    [...outcomes.values()].every(({ writer, read, gapBytes }) => read.bytes + gapBytes >= writer.bytes)
  const lateMs = performance.now() + (directives === 'copytruncate' ? 0 : PATIENCE_MS)
  for (let before = -1; before !== deliveries || (!readAll() && performance.now() < lateMs);) {
    before = deliveries
    await sleep(2000)
  }
  stopped.abort()
  await reading
  for (const writer of writers) writer.close()
  const names = readdirSync(dir).filter(name => /\.log[.-]/.test(name))
  expect(names.length).toBeGreaterThanOrEqual(MIN_ROTATIONS * WRITERS)
  return [...outcomes.values()]
}

describe('following what a stock logrotate rotates', () => {
  for (const [name, directives, everyMs] of [
    ['create', 'create', 300],
    ['create and compress', 'create compress', 300],
    ['create, compress and delaycompress', 'create compress delaycompress', 300],
    ['create and dateext', 'create dateext dateformat_-%s', 1100],
  ] as const) {
    it.concurrent(
      `gives every byte once and in order: ${name}`,
      { timeout: seconds * 1000 + 2 * PATIENCE_MS + DEBIAN_TOOL_MS },
      async t => {
        const logrotate = await debianTool({ program: 'usr/sbin/logrotate', packages: ['logrotate', 'libpopt0'] })
        if (!logrotate) return t.skip()
        const dir = join(await tempDir(t), 'logs')
        const outcomes = await torture(logrotate, dir, directives.replace('dateformat_', 'dateformat\t'), everyMs)
        for (const { writer, read, gapBytes, failed } of outcomes) {
          const { foreign, late, torn } = read
          const missing = read.missing(writer.lines)
          t.expect({ gapBytes, failed, missing, foreign, late, torn }).toEqual({
            gapBytes: 0,
            failed: [],
            missing: [],
            foreign: [],
            late: [],
            torn: [],
          })
          t.expect(read.digest()).toBe(writer.digest())
        }
      },
    )
  }

  it.concurrent(
    'repeats, tears and disorders no line of a source, and tells of no cut more than was lost: copytruncate',
    { timeout: seconds * 1000 + 2 * PATIENCE_MS + DEBIAN_TOOL_MS },
    async t => {
      const logrotate = await debianTool({ program: 'usr/sbin/logrotate', packages: ['logrotate', 'libpopt0'] })
      if (!logrotate) return t.skip()
      const dir = join(await tempDir(t), 'logs')
      // Names move for as long as logrotate runs: on a slow machine a copy may be found after its successor was begun, so
      // that order holds within a source only.
      for (const { writer, read, gapBytes } of await torture(logrotate, dir, 'copytruncate', 300)) {
        const { foreign, jumps, torn } = read
        // What came between the last look and the cut nobody observed.
        const wrong = read.losses(writer.lines).filter(({ told, lost }) => lost < 0 || told > lost)
        t.expect({ foreign, jumps, torn, wrong }).toEqual({ foreign: [], jumps: [], torn: [], wrong: [] })
        t.expect(gapBytes).toBeLessThanOrEqual(writer.bytes - read.bytes)
      }
    },
  )
})
