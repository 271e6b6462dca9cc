import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { env } from 'node:process'

/** Called once for each job that is over; `outcome` indexes {@link NATIVE_OUTCOMES}. */
export type NativeDone = (id: number, outcome: number, errno: number, offset: number) => void

/** What a job sends. */
export type NativeWork = readonly [fileFd: number, offset: number, end: number, notices: 0 | 1]

/** What native/module.cc exports. Engines belong to an environment; every call but `start` needs them running. */
export interface NativeBinding {
  readonly interfaceVersion: number
  /** One engine per thread. */
  start(onDone: NativeDone, quotaBytes: number, threads: number): void
  stop(): void
  /**
   * Ids are the caller's, at least 1, never used twice; `id % threads` names the engine. `keptInput` is -1 for a connection
   * that somebody else owns; otherwise it is kept after the end of the job, and so many bytes of input are dropped. `end`
   * is -1 for a follower; with `notices` 1 growth of its file is noticed without an announcement, too.
   */
  add(id: number, socketFd: number, keptInput: number, ...work: NativeWork): void
  /** The next job of a kept connection whose job `after`, of the same engine, is over. */
  follow(after: number, id: number, ...work: NativeWork): void
  /** Closes a kept connection whose job is over, once what was sent is on its way. */
  hangUp(id: number): void
  extend(fileFd: number, size: number): void
  endAt(id: number, end: number): void
  cancel(id: number): void
  /** -1 when the job is over. */
  offset(id: number): number
  /** Index into {@link NATIVE_STATES}, -1 when the job is over. */
  state(id: number): number
  /** Needs no engine. `undefined` when there is none; throws with `errno`. */
  accessAcl(path: string): Uint8Array | undefined
}

/** By number as in native/job.h. */
export const NATIVE_OUTCOMES = ['ended', 'truncated', 'closed', 'cancelled', 'failed'] as const

/** By number as in native/job.h. */
export const NATIVE_STATES = ['ready', 'blocked', 'parked'] as const

const INTERFACE_VERSION = 4

/** Whether the native engine can be used here, and where it comes from or what it lacks. */
export interface NativeSupport {
  readonly supported: boolean
  readonly reason: string
}

interface Loaded extends NativeSupport {
  readonly binding?: NativeBinding
}

let loaded: Loaded | undefined

/** The addon, or `undefined` where there is none. The first call loads it. */
export function nativeBinding(): NativeBinding | undefined {
  return (loaded ??= load()).binding
}

/** Whether {@link openFanout} can use the native engine here, and why (not). Loads the addon on the first call. */
export function nativeSupport(): NativeSupport {
  const { supported, reason } = (loaded ??= load())
  return { supported, reason }
}

/**
 * Addons to try, best first; sources and build are at the same depth below the package. One for another C library does not
 * load, so that nothing has to find out which one this is. `LOGFLOW_SENDFILE_ADDON` names another, for tests of the addon.
 */
function candidates(): string[] {
  const named = env['LOGFLOW_SENDFILE_ADDON']
  if (named !== undefined) return [named]
  const prebuilt = ['gnu', 'musl'].map(libc => `../prebuilds/${platform()}-${arch()}-${libc}.node`)
  return ['../build/logflow_sendfile.node', ...prebuilt]
}

function load(): Loaded {
  if (platform() !== 'linux')
    return { supported: false, reason: `sendfile and epoll need Linux, this is ${platform()}` }
  const require = createRequire(import.meta.url)
  const failures: string[] = []
  for (const candidate of candidates()) {
    try {
      const binding = require(candidate) as NativeBinding
      if (binding.interfaceVersion === INTERFACE_VERSION)
        return { supported: true, reason: `loaded ${nameOf(candidate)}`, binding }
      failures.push(`${nameOf(candidate)} is of another version`)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') failures.push((error as Error).message)
    }
  }
  const reason =
    failures.length > 0 ? failures.join('; ') : 'the addon is not built (run `npm run build` in the package)'
  return { supported: false, reason }
}

function nameOf(candidate: string): string {
  return candidate.replace(/^\.\.\//, '')
}
