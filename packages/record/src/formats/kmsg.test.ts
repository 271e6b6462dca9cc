import { describe, expect, it } from 'vitest'
import { createRecordParser } from '../record-parser.ts'
import { batchOf, source } from '../../test/batch.ts'

const T0 = 1_700_000_000_000
const sync = (uptime: number, wallMs: number, ntp: 0 | 1): string =>
  `<15>[${uptime.toFixed(6).padStart(12)}] T: v 1 ${(wallMs / 1000).toFixed(3)} 11/14 22:13:20 ntp=${ntp}\n`
const line = (uptime: number, text = 'x'): string => `<6>[${uptime.toFixed(6).padStart(12)}] ${text}\n`

describe('createKmsgParser', () => {
  it('reads priority, uptime, app and pid', () => {
    const [record] = createRecordParser('kmsg')(batchOf('<30>[123456.000001] sshd[12]: hello\n'))
    expect(record).toMatchObject({ severity: 'info', text: 'sshd[12]: hello', timeMs: undefined })
    expect(Object.fromEntries(record?.fields ?? [])).toEqual({
      facility: 'daemon',
      uptime: '123456.000001',
      app: 'sshd',
      pid: '12',
    })
  })

  it('takes wall time from the nearest sync line, synchronised ones first', () => {
    const text =
      line(9) + sync(10, T0, 1) + line(11) + sync(20, T0 + 99_000, 0) + line(21) + sync(30, T0 + 21_000, 1) + line(29)
    const times = createRecordParser('kmsg')(batchOf(text)).map(record => record.timeMs)
    expect([times[0], times[2], times[4], times[6]]).toEqual([T0 - 1000, T0 + 1000, T0 + 12_000, T0 + 20_000])
  })

  it('remembers the clock from batch to batch, per source', () => {
    const parser = createRecordParser('kmsg')
    parser(batchOf(sync(10, T0, 1)))
    expect(parser(batchOf(line(12)))[0]?.timeMs).toBe(T0 + 2000)
    expect(parser(batchOf(line(12), 0, { ...source, id: 'other' }))[0]?.timeMs).toBeUndefined()
  })

  it('starts anew when the uptime goes back', () => {
    const parser = createRecordParser('kmsg')
    const text = sync(100, T0, 1) + line(101) + line(1) + line(2) + sync(3, T0 + 60_000, 1)
    expect(parser(batchOf(text)).map(record => record.timeMs)).toEqual([
      T0,
      T0 + 1000,
      T0 + 58_000,
      T0 + 59_000,
      T0 + 60_000,
    ])
    expect(parser(batchOf(line(0.5) + line(4)))[1]?.timeMs).toBeUndefined()
  })
})
