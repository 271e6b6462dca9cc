import { describe, expect, it } from 'vitest'
import { fillDates } from './fill-dates.ts'
import { parseJobs } from './job.ts'

const none = { Schedule: [], Continuous: [] }

describe('parseJobs', () => {
  it('reads both kinds with keys in any case, and fills in what is missing', () => {
    const { scheduled, continuous, warnings } = parseJobs({
      Schedule: [{ name: 'a', ENABLE: true, TimeRange: [3, 5], AllowFrom: ['localhost'], Files: 'x.log' }],
      Continuous: [{ Name: 'b', RestartOnDayChange: true, Servers: ['s1', 's2'] }],
    })
    const empty = { query: '', outfile: '', discovery: '' }
    expect(scheduled).toEqual([
      {
        kind: 'schedule',
        name: 'a',
        enable: true,
        files: 'x.log',
        servers: [],
        allowFrom: ['localhost'],
        hours: { from: 3, to: 5 },
        ...empty,
      },
    ])
    expect(continuous).toMatchObject([{ name: 'b', enable: false, restartOnDayChange: true, servers: ['s1', 's2'] }])
    expect(warnings).toEqual([])
  })

  it('tells unknown keys and jobs that never run', () => {
    const { warnings } = parseJobs({ ...none, Schedule: [{ Name: 'a', Outfiel: 'x', TimeRange: [5, 5] }] })
    expect(warnings).toEqual([
      'unknown key Server.Schedule[0].Outfiel; did you mean Outfile?',
      'Server.Schedule[0]: a has no TimeRange and never runs',
    ])
  })

  it.each([
    [{ Enable: true }, 'Name must not be empty'],
    [{ Name: 5 }, 'Name must be a string'],
    [{ Name: 'a', Enable: 'yes' }, 'Enable must be true or false'],
    [{ Name: 'a', AllowFrom: 'localhost' }, 'AllowFrom must be a list of strings'],
    [{ Name: 'a', TimeRange: [1] }, 'TimeRange must be a list of two hours'],
  ])('refuses %j', (job, message) => {
    expect(() => parseJobs({ ...none, Schedule: [job] })).toThrow(`Server.Schedule[0].${message}`)
  })
})

describe('fillDates', () => {
  it('puts local days for names, the longer ones whole', () => {
    const noon = new Date(2026, 10, 21, 12).getTime()
    const text = '/a/$today/$yesterday-$yyesterday-$yyyesterday.$tomorrow $yyyymmdd $todays'
    expect(fillDates(text, noon)).toBe('/a/20261121/20261120-20261119-20261118.20261122 $yyyymmdd 20261121s')
  })
})
