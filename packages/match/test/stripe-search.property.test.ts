import { closeSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MessageChannel } from 'node:worker_threads'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tempDir } from '../../testkit/src/index.ts'
import {
  compilePattern,
  searchStripes,
  serveStripes,
  type StripeSearchOptions,
  type StripeThread,
} from '../src/index.ts'

/** Threads that are none, but talk like some. */
function openThreads(count: number): { readonly threads: StripeThread[]; readonly close: () => void } {
  const channels = Array.from({ length: count }, () => new MessageChannel())
  for (const { port2 } of channels) serveStripes(port2)
  const close = (): void => channels.forEach(({ port1 }) => port1.close())
  return { threads: channels.map(({ port1 }) => port1 as StripeThread), close }
}

async function searched(
  path: string,
  options: Omit<StripeSearchOptions, 'descriptor' | 'threads'>,
  count = 2,
): Promise<{ readonly chosen: string; readonly through: number }> {
  const descriptor = openSync(path, 'r')
  const { threads, close } = openThreads(count)
  try {
    const search = searchStripes({ ...options, threads, descriptor })
    for (let chosen = ''; ;) {
      const { done, value } = await search.next()
      if (done) return { chosen, through: value }
      chosen += Buffer.from(value).toString('latin1')
    }
  } finally {
    close()
    closeSync(descriptor)
  }
}

/** Where the first line is that has no end, or is too long. */
function expectedThrough(text: string, maxLineBytes: number): number {
  let at = 0
  for (const line of text.match(/[^\n]*\n|[^\n]+/g) ?? []) {
    if (!line.endsWith('\n') || line.length - 1 > maxLineBytes) return at
    at += line.length
  }
  return at
}

describe('searchStripes', () => {
  it('chooses what a search line by line does, in order, up to a line that is too long or open', async t => {
    const path = join(await tempDir(t), 'app.log')
    const line = fc.string({ unit: fc.constantFrom('a', 'b', ' '), maxLength: 30 })
    const facts = fc.record({
      invert: fc.boolean(),
      withNewline: fc.boolean(),
      stripeBytes: fc.integer({ min: 1, max: 60 }),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 40 }),
        fc.constantFrom('a', 'a.*b', '^b', 'ab$'),
        facts,
        fc.constantFrom(20, 100),
        async (lines, pattern, choice, maxLineBytes) => {
          const text = lines.join('\n')
          writeFileSync(path, text)
          const { chosen, through } = await searched(path, { pattern, ...choice, size: text.length, maxLineBytes })
          // What is read at a time decides whether a stripe in front of a line that is too long is searched to its end.
          expect(through).toBeLessThanOrEqual(expectedThrough(text, maxLineBytes))
          if (expectedThrough(text, maxLineBytes) === text.length) expect(through).toBe(text.length)
          const matcher = compilePattern(pattern)
          const expected = (text.slice(0, through).match(/[^\n]*\n/g) ?? []).filter(
            one => matcher.test(Buffer.from(choice.withNewline ? one : one.slice(0, -1))) !== choice.invert,
          )
          expect(chosen).toBe(expected.join(''))
        },
      ),
      { numRuns: 200 },
    )
  })

  it('reads no further than what is taken asks for', async t => {
    const path = join(await tempDir(t), 'app.log')
    writeFileSync(path, 'a line\n'.repeat(100_000))
    const descriptor = openSync(path, 'r')
    const { threads, close } = openThreads(2)
    let jobs = 0
    const counted = threads.map((thread): StripeThread => ({
      postMessage: (message, transfer) => {
        jobs++
        thread.postMessage(message, transfer)
      },
      on: (event, heard) => thread.on(event, heard),
    }))
    const options = {
      pattern: 'line',
      size: 700_000,
      maxLineBytes: 1000,
      stripeBytes: 7000,
      descriptor,
      threads: counted,
    }
    const search = searchStripes(options)
    for (let i = 0; i < 3; i++) await search.next()
    for (let turn = 0; turn < 50; turn++) await new Promise(resolve => setImmediate(resolve))
    expect(jobs).toBeLessThan(15)
    let left = 0
    for await (const piece of search) left += piece.length
    expect(left).toBe(700_000 - 3 * 7000)
    close()
    closeSync(descriptor)
  })

  it('ends where a file ends before its time, and fails as a thread fails', async t => {
    const path = join(await tempDir(t), 'app.log')
    writeFileSync(path, 'a line\n'.repeat(1000))
    const options = { pattern: 'line', maxLineBytes: 1000, stripeBytes: 700 }
    expect((await searched(path, { ...options, size: 100_000 })).through).toBe(7000)
    expect((await searched(path, { ...options, size: 7000 }, 5)).chosen.length).toBe(7000)
    const threads: StripeThread[] = [
      {
        postMessage: () => {},
        on: (event, heard) => event === 'error' && setImmediate(heard, new Error('out of memory')),
      },
    ]
    await expect(searchStripes({ ...options, size: 7000, descriptor: 0, threads }).next()).rejects.toThrow(
      'out of memory',
    )
    await expect(searchStripes({ ...options, size: 7000, descriptor: 0, threads: [] }).next()).rejects.toThrow(
      RangeError,
    )
  })
})
