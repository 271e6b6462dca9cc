import { createHash, timingSafeEqual } from 'node:crypto'
import { lookup } from 'node:dns/promises'
import type { PasswordAttempt } from '@logflow/ssh'
import { JOB_USERS, type Job, type Jobs } from './job.ts'

/** The IP addresses of a host name. */
export type ResolveHost = (name: string) => Promise<readonly string[]>

/** Whether an attempt is the login of a job that may come from there. */
export type JobLogin = (attempt: PasswordAttempt) => Promise<boolean>

/**
 * Lets jobs in: their user, the name of a job as the password, and an address that one of its `AllowFrom` has. Names
 * are looked up only for who knows the password, so that nobody else can make this server ask.
 */
export function createJobLogin(jobs: Jobs, resolveHost: ResolveHost = systemResolveHost): JobLogin {
  const byUser = new Map<string, readonly Job[]>([
    [JOB_USERS.schedule, jobs.scheduled],
    [JOB_USERS.continuous, jobs.continuous],
  ])
  return async ({ user, password, address }) => {
    // Every job is compared, whichever fits, so that the time tells nothing.
    const named = (byUser.get(user) ?? []).filter(job => sameSecret(job.name, password))
    const hosts = new Set(named.flatMap(job => job.allowFrom))
    const found = await Promise.all([...hosts].map(host => resolveHost(host).catch(() => [])))
    return found.flat().includes(withoutMapping(address))
  }
}

function sameSecret(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}

/** An IPv4 client of a socket for both families shows as `::ffff:192.0.2.1`. */
function withoutMapping(address: string): string {
  return address.toLowerCase().startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
}

async function systemResolveHost(name: string): Promise<readonly string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => address)
}
