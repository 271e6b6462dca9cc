import { QUOTA_BYTES } from './limits.ts'
import type { NativeBinding } from './native-binding.ts'

/** Told once when a job is over: outcome by number, errno, offset of the first byte that was not sent. */
export type JobDone = (outcome: number, errno: number, offset: number) => void

/** What a job sends. */
export interface JobWork {
  readonly fileFd: number
  readonly offset: number
  /** -1 for a follower. */
  readonly end: number
}

const NOT_KEPT = -1

/** The one thread of this environment, shared by its fanouts: started for the first, stopped after the last. */
export class NativeEngine {
  static #running: NativeEngine | undefined
  static #lastId = 0
  readonly binding: NativeBinding
  readonly #jobs = new Map<number, JobDone>()
  #users = 0

  private constructor(binding: NativeBinding) {
    this.binding = binding
  }

  /** The running engine, one user more. @throws Error of the system call when the thread cannot start */
  static acquire(binding: NativeBinding): NativeEngine {
    const engine = (NativeEngine.#running ??= NativeEngine.#start(binding))
    engine.#users++
    return engine
  }

  static #start(binding: NativeBinding): NativeEngine {
    const engine = new NativeEngine(binding)
    binding.start((id, outcome, errno, offset) => {
      const done = engine.#jobs.get(id)
      engine.#jobs.delete(id)
      done?.(outcome, errno, offset)
    }, QUOTA_BYTES)
    return engine
  }

  /** One user less. The caller's jobs are over. */
  release(): void {
    if (--this.#users > 0) return
    NativeEngine.#running = undefined
    this.binding.stop()
  }

  /** Starts a job and returns its id. @throws Error with `errno` and `syscall` */
  add(socketFd: number, work: JobWork, done: JobDone, keptInput: number = NOT_KEPT): number {
    const id = ++NativeEngine.#lastId
    this.binding.add(id, socketFd, work.fileFd, work.offset, work.end, keptInput)
    this.#jobs.set(id, done)
    return id
  }

  /** The next job of a kept connection whose job `after` is over; its id. @throws Error with `errno` and `syscall` */
  follow(after: number, work: JobWork, done: JobDone): number {
    const id = ++NativeEngine.#lastId
    this.binding.follow(after, id, work.fileFd, work.offset, work.end)
    this.#jobs.set(id, done)
    return id
  }
}
