import type { LogEvent } from '@logflow/record'
import { describe, expect, it } from 'vitest'
import { MAX_MINUTES, MAX_SERIES } from './limits.ts'
import { SeriesStore } from './series.ts'

const MINUTE = 60_000
const source = { host: 'h', path: '/p', id: 'i' }

function event(labels: Record<string, string> = {}, values: Record<string, number> = {}): LogEvent {
  return { name: 'e', labels, values, source, offset: 0 }
}

describe('SeriesStore', () => {
  it('counts by minute and label, and sums up the numbers', () => {
    const store = new SeriesStore()
    store.add(event({ class: '2', path: '/a' }, { seconds: 2 }), 5 * MINUTE + 1, ['class'])
    store.add(event({ class: '2', path: '/b' }, { seconds: 0.5 }), 5 * MINUTE + 59_999, ['class'])
    store.add(event({ class: '5' }), 4 * MINUTE, ['class'])
    const seconds = { sum: 2.5, min: 0.5, max: 2 }
    expect(store.query('e')).toEqual([
      { name: 'e', labels: { class: '2' }, points: [{ minuteMs: 5 * MINUTE, count: 2, values: { seconds } }] },
      { name: 'e', labels: { class: '5' }, points: [{ minuteMs: 4 * MINUTE, count: 1, values: {} }] },
    ])
    expect(store.query('other')).toEqual([])
  })

  it('comes back from what it saved as it was, also from what looks like a prototype', () => {
    const store = new SeriesStore()
    for (let minute = 0; minute < 5; minute++)
      store.add(event({ user: '__proto__' }, { constructor: minute }), minute * MINUTE, ['user', 'missing'])
    const saved = JSON.parse(JSON.stringify(store.save())) as ReturnType<SeriesStore['save']>
    expect(new SeriesStore(saved).query()).toEqual(store.query())
    expect(new SeriesStore(saved).save()).toEqual(store.save())
  })

  it('counts label values beyond its limit together and loses none', () => {
    const store = new SeriesStore()
    for (let i = 0; i < MAX_SERIES + 50; i++) store.add(event({ user: `u${i}` }), 0, ['user'])
    expect(store.size).toBe(MAX_SERIES + 1)
    expect(store.query().at(-1)).toMatchObject({ labels: { user: 'other' }, points: [{ count: 50 }] })
  })

  it('forgets the oldest minutes beyond its limit', () => {
    const store = new SeriesStore()
    for (let minute = 0; minute < MAX_MINUTES + 3; minute++) store.add(event(), minute * MINUTE, [])
    const points = store.query()[0]?.points ?? []
    expect([points.length, points[0]?.minuteMs]).toEqual([MAX_MINUTES, 3 * MINUTE])
  })
})
