import type { Output } from '@logflow/cli'
import { lineBatch, systemClock, type Delivery } from '@logflow/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ReadProgress, watchDeliveries, type WatchedReading } from './read-progress.ts'

const MIB = 1024 * 1024

function progressAt(isTerminal: boolean): { readonly progress: ReadProgress; readonly shown: () => string } {
  let text = ''
  const stderr = { isTerminal, write: async (chunk: string) => void (text += chunk) } as Output
  let now = 0
  const clock = { ...systemClock, monotonicMs: () => (now += 1000) }
  return { progress: new ReadProgress({ label: 'dgrep', stderr, clock }), shown: () => text }
}

describe('ReadProgress', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('shows the share, the rate and the time left of all readings, and wipes the line', () => {
    const { progress, shown } = progressAt(true)
    const one = { position: 0, size: 100 * MIB }
    progress.watch(() => [one, { position: 30 * MIB, size: 100 * MIB }])
    vi.advanceTimersByTime(250)
    one.position = 50 * MIB
    vi.advanceTimersByTime(250)
    expect(shown()).toContain('dgrep  40 % of 200 MiB  40.0 MiB/s  3.0 s left')
    progress.wipe()
    expect(shown().endsWith('\r\u001b[K')).toBe(true)
    const wiped = shown()
    progress.close()
    vi.advanceTimersByTime(1000)
    expect(shown()).toBe(wiped)
  })

  it('shows bytes where nobody knows how many there are, and nothing away from a terminal', () => {
    const { progress, shown } = progressAt(true)
    progress.watch(() => [{ position: 5 * MIB, size: 0 }])
    vi.advanceTimersByTime(250)
    expect(shown()).toContain('dgrep  5.0 MiB')
    expect(shown()).not.toContain('%')
    const pipe = progressAt(false)
    pipe.progress.watch(() => [{ position: 5, size: 10 }])
    vi.advanceTimersByTime(1000)
    expect(pipe.shown()).toBe('')
    progress.close()
    pipe.progress.close()
  })
})

it('watches deliveries without changing them', async () => {
  const source = { host: 'h', path: 'p', id: 'i' }
  const items: Delivery[] = [
    { kind: 'event', source, event: 'opened', detail: { size: 8, format: 'none' } },
    lineBatch({ source, bytes: new TextEncoder().encode('one\n'), offset: 4 }),
  ]
  const seen: WatchedReading[] = []
  const passed: Delivery[] = []
  async function* given(): AsyncGenerator<Delivery, void, undefined> {
    yield* items
  }
  for await (const item of watchDeliveries(given(), reading => seen.push(reading))) passed.push(item)
  expect(passed).toEqual(items)
  expect(seen).toEqual([{ position: 8, size: 8 }])
})
