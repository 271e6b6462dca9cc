import { readFileSync } from 'node:fs'

const TICKS_PER_SECOND = 100

/** What a process has used so far. */
export interface ProcessUsage {
  /** User and system time, in steps of 10 ms. */
  readonly cpuMs: number
  readonly rssBytes: number
  readonly peakRssBytes: number
}

/** Looks at /proc. @throws when there is no such process (any more) */
export function usageOf(pid: number | undefined): ProcessUsage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const bytes = (field: string): number => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) * 1024
  return {
    cpuMs: ((Number(stat[11]) + Number(stat[12])) * 1000) / TICKS_PER_SECOND,
    rssBytes: bytes('VmRSS'),
    peakRssBytes: bytes('VmHWM'),
  }
}
