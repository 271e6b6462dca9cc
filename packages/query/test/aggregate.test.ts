import type { Clock, Delivery, Gap, SourceEvent } from '@logflow/core'
import { describe, expect, it, vi } from 'vitest'
import { aggregate, parseQuery, planQuery, type AggregateOptions, type GroupsDelivery } from '../src/index.ts'
import { batchOf, source, statsLine } from './batch.ts'

const plan = planQuery(parseQuery('from STATS select count(a) group by *'))
const gap: Gap = { kind: 'gap', source, from: 1, to: 2, reason: 'overflow' }
const ended: SourceEvent = { kind: 'event', source, event: 'ended' }

class ManualClock implements Clock {
  #now = 0
  readonly #sleepers: { readonly atMs: number; readonly wake: () => void }[] = []
  now(): number {
    return this.#now
  }
  monotonicMs(): number {
    return this.#now
  }
  sleep(ms: number): Promise<void> {
    return new Promise(wake => this.#sleepers.push({ atMs: this.#now + ms, wake }))
  }
  advance(ms: number): void {
    this.#now += ms
    for (const { atMs, wake } of this.#sleepers) if (atMs <= this.#now) wake()
  }
}

async function* from(...items: Delivery[]): AsyncGenerator<Delivery> {
  yield* items
}

/** An input that stays open until told what comes next. */
function handOver(): {
  readonly items: AsyncIterable<Delivery>
  give(item?: Delivery): void
  readonly returned: () => boolean
} {
  const waiting: ((result: IteratorResult<Delivery>) => void)[] = []
  let returned = false
  const iterator: AsyncIterator<Delivery> = {
    next: () => new Promise(resolve => waiting.push(resolve)),
    return: async () => {
      returned = true
      return { done: true, value: undefined }
    },
  }
  return {
    items: { [Symbol.asyncIterator]: () => iterator },
    give: item => waiting.shift()?.(item ? { done: false, value: item } : { done: true, value: undefined }),
    returned: () => returned,
  }
}

const options: AggregateOptions = { hostname: 'h', intervalMs: 1000 }
type Answer = Gap | SourceEvent | GroupsDelivery

async function all(items: AsyncIterable<Answer>): Promise<Answer[]> {
  const out: Answer[] = []
  for await (const item of items) out.push(item)
  return out
}

const counts = (answers: readonly Answer[]): unknown[] =>
  answers.map(item => (item.kind === 'groups' ? item.groups[0]?.values.get('count(a)') : item))

describe('aggregate', () => {
  it('passes gaps and events through in order and gives the groups at the end', async () => {
    const line = batchOf(statsLine('a=1'))
    expect(counts(await all(aggregate(from(line, gap, line, ended), plan, options)))).toEqual([gap, ended, 2])
  })

  it('says nothing when there is nothing', async () => {
    expect(await all(aggregate(from(batchOf('x\n')), plan, options))).toEqual([])
  })

  it('hands groups over every interval, also while the input is silent', async () => {
    const clock = new ManualClock()
    const input = handOver()
    const answers: Answer[] = []
    const done = (async () => {
      for await (const item of aggregate(input.items, plan, { ...options, clock })) answers.push(item)
    })()
    input.give(batchOf(statsLine('a=1')))
    await vi.waitFor(() => {
      clock.advance(100)
      expect(counts(answers)).toEqual([1])
    })
    clock.advance(5000)
    input.give(batchOf(statsLine('a=1') + statsLine('a=1')))
    await vi.waitFor(() => {
      clock.advance(1000)
      expect(counts(answers)).toEqual([1, 2])
    })
    input.give()
    await done
    expect(counts(answers)).toEqual([1, 2])
  })

  it('hands groups over early when they are too many', async () => {
    const byValue = planQuery(parseQuery('from STATS select count(a) group by a'))
    const lines = Array.from({ length: 5 }, (_, i) => batchOf(statsLine(`a=${i}`)))
    const answers = await all(aggregate(from(...lines), byValue, { ...options, maxGroups: 2 }))
    expect(answers.map(item => (item.kind === 'groups' ? item.groups.length : 0))).toEqual([2, 2, 1])
  })

  it('returns the input when the consumer stops, also while an item is in flight', async () => {
    const clock = new ManualClock()
    const input = handOver()
    const answers = aggregate(input.items, plan, { ...options, clock })
    const first = answers.next()
    input.give(gap)
    expect((await first).value).toBe(gap)
    await answers.return()
    expect(input.returned()).toBe(true)
  })

  it('fails as its input fails', async () => {
    async function* failing(): AsyncGenerator<Delivery> {
      yield gap
      throw new Error('disk on fire')
    }
    await expect(all(aggregate(failing(), plan, options))).rejects.toThrow('disk on fire')
  })

  it('refuses an unknown kind of delivery', async () => {
    const odd = { kind: 'odd' } as unknown as Delivery
    await expect(all(aggregate(from(odd), plan, options))).rejects.toMatchObject({ code: 'LF_CORE_UNKNOWN_DELIVERY' })
  })

  it('logs once what it could not read', async () => {
    const warn = vi.fn()
    const logger = { debug: vi.fn(), info: vi.fn(), warn, error: vi.fn() }
    await all(aggregate(from(batchOf(statsLine('broken'))), plan, { ...options, logger }))
    expect(warn.mock.calls).toMatchObject([[{ event: 'query.unread', malformed: 1 }, expect.any(String)]])
  })
})
