import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { asyncChunksOf, collect, FakeClock, freePort, rotatingWriter, tempDir } from './index.ts'

describe('FakeClock', () => {
  it('wakes sleepers at their time and in order, those that sleep again too', async () => {
    const clock = new FakeClock()
    const seen: string[] = []
    const again = async (name: string, ms: number): Promise<void> => {
      for (let i = 0; i < 2; i++) {
        await clock.sleep(ms)
        seen.push(`${name} ${clock.monotonicMs()}`)
      }
    }
    const done = Promise.all([again('b', 20), again('a', 15)])
    await clock.advance(40)
    await done
    expect(seen).toEqual(['a 15', 'b 20', 'a 30', 'b 40'])
    expect(clock.sleeping).toBe(0)
  })

  it('lets a sleeper go when its signal aborts', async () => {
    const clock = new FakeClock()
    const abort = new AbortController()
    const slept = clock.sleep(10, { signal: abort.signal })
    abort.abort(new Error('enough'))
    await expect(slept).rejects.toThrow('enough')
    expect(clock.sleeping).toBe(0)
  })
})

describe('collect', () => {
  it('stops when there is enough, and closes the iterable', async () => {
    let closed = false
    async function* numbers(): AsyncGenerator<number> {
      try {
        for (let i = 0; ; i++) yield i
      } finally {
        closed = true
      }
    }
    expect(await collect(numbers(), { until: items => items.length === 3 })).toEqual([0, 1, 2])
    expect(closed).toBe(true)
  })

  it('fails when not enough comes in time', async () => {
    async function* never(): AsyncGenerator<string> {
      yield 'one'
      await new Promise(() => {})
    }
    await expect(collect(never(), { until: () => false, timeoutMs: 10 })).rejects.toThrow('1 came: "one"')
  })
})

describe('rotatingWriter', () => {
  it('writes numbered lines that are all found again in its files', async t => {
    const path = join(await tempDir(t), 'app.log')
    await using writer = await rotatingWriter(path)
    for (const kind of ['rename', 'copytruncate', 'rename'] as const) {
      await writer.write(10)
      await writer.rotate(kind)
    }
    await writer.write(1)
    const files = await Promise.all(['.3', '.2', '.1', ''].map(end => readFile(path + end, 'latin1')))
    expect(files.join('').split('\n').slice(0, -1)).toEqual(writer.lines)
    expect((await stat(path)).size).toBe(64)
  })
})

describe('chunksOf and freePort', () => {
  it('cut bytes by the sizes in turn; give a port that can be taken', async () => {
    const chunks = await collect(asyncChunksOf(Uint8Array.of(1, 2, 3, 4, 5), [1, 2]))
    expect(chunks.map(chunk => [...chunk])).toEqual([[1], [2, 3], [4], [5]])
    expect(await freePort()).toBeGreaterThan(0)
  })
})
