import type { PasswordAttempt } from '@logflow/ssh'
import { describe, expect, it } from 'vitest'
import { createJobLogin } from './job-login.ts'
import { parseJobs } from './job.ts'

const jobs = parseJobs({
  Schedule: [
    { Name: 'nightly', AllowFrom: ['gone.example', 'here.example'] },
    { Name: 'closed', AllowFrom: [] },
  ],
  Continuous: [{ Name: 'live', AllowFrom: ['there.example'] }],
})

/** Who tries, and which names were looked up for it. */
async function login(attempt: Partial<PasswordAttempt>): Promise<{ readonly in: boolean; readonly asked: string[] }> {
  const asked: string[] = []
  const decide = createJobLogin(jobs, async name => {
    asked.push(name)
    if (name === 'gone.example') throw new Error('no such host')
    return name === 'here.example' ? ['192.0.2.1', '2001:db8::1'] : ['192.0.2.9']
  })
  const base = { method: 'password', user: 'DTAIL-SCHEDULE', address: '192.0.2.1', peer: '192.0.2.1:5' } as const
  return { in: await decide({ ...base, password: 'nightly', ...attempt }), asked }
}

describe('createJobLogin', () => {
  it.each(['192.0.2.1', '2001:db8::1', '::ffff:192.0.2.1'])('lets a job in from %s', async address => {
    expect(await login({ address })).toMatchObject({ in: true })
  })

  it('lets nobody in from elsewhere, nor as the other kind, nor without an address to come from', async () => {
    expect(await login({ address: '192.0.2.2' })).toMatchObject({ in: false })
    expect(await login({ user: 'DTAIL-CONTINUOUS' })).toMatchObject({ in: false })
    expect(await login({ password: 'closed' })).toMatchObject({ in: false })
    expect(await login({ user: 'DTAIL-CONTINUOUS', password: 'live', address: '192.0.2.9' })).toMatchObject({
      in: true,
    })
  })

  it('looks no name up for who does not know the password', async () => {
    expect(await login({ password: 'guess' })).toEqual({ in: false, asked: [] })
    expect(await login({ user: 'paul' })).toEqual({ in: false, asked: [] })
  })
})
