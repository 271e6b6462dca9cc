import { availableParallelism } from 'node:os'
import { MAX_THREADS, QUOTA_BYTES } from './limits.ts'
import type { NativeBinding, NativeWork } from './native-binding.ts'

/** Told once when a job is over: outcome by number, errno, offset of the first byte that was not sent. */
export type JobDone = (outcome: number, errno: number, offset: number) => void

/** What a job sends. */
export interface JobWork {
  readonly fileFd: number
  readonly offset: number
  /** -1 for a follower. */
  readonly end: number
  /** Whether a follower goes on without an announcement when the engine itself has noticed growth. */
  readonly notices: boolean
}

const NOT_KEPT = -1

/** The threads of this environment, shared by its fanouts: started for the first, stopped after the last. */
export class NativeEngine {
  static #running: NativeEngine | undefined
  static #lastRound = 0
  readonly binding: NativeBinding
  readonly #jobs = new Map<number, JobDone>()
  /** Jobs of each thread that are not over. */
  readonly #loads: number[]
  #users = 0

  private constructor(binding: NativeBinding) {
    this.binding = binding
    this.#loads = Array.from({ length: Math.min(MAX_THREADS, availableParallelism()) }, () => 0)
  }

  /** The running engine, one user more. @throws Error of the system call when a thread cannot start */
  static acquire(binding: NativeBinding): NativeEngine {
    const engine = (NativeEngine.#running ??= NativeEngine.#open(binding))
    engine.#users++
    return engine
  }

  static #open(binding: NativeBinding): NativeEngine {
    const engine = new NativeEngine(binding)
    const onDone = (id: number, outcome: number, errno: number, offset: number): void => {
      const done = engine.#jobs.get(id)
      if (!done) return
      engine.#jobs.delete(id)
      engine.#count(id, -1)
      done(outcome, errno, offset)
    }
    binding.start(onDone, QUOTA_BYTES, engine.#loads.length)
    return engine
  }

  /** One user less. The caller's jobs are over. */
  release(): void {
    if (--this.#users > 0) return
    NativeEngine.#running = undefined
    this.binding.stop()
  }

  /** Starts a job on the thread that has the fewest, and returns its id. @throws Error with `errno` and `syscall` */
  add(socketFd: number, work: JobWork, done: JobDone, keptInput: number = NOT_KEPT): number {
    const thread = this.#loads.indexOf(Math.min(...this.#loads))
    return this.#start(thread, done, id => this.binding.add(id, socketFd, keptInput, ...numbersOf(work)))
  }

  /** The next job of a kept connection whose job `after` is over; its id. @throws Error with `errno` and `syscall` */
  follow(after: number, work: JobWork, done: JobDone): number {
    const thread = after % this.#loads.length
    return this.#start(thread, done, id => this.binding.follow(after, id, ...numbersOf(work)))
  }

  #start(thread: number, done: JobDone, start: (id: number) => void): number {
    const id = ++NativeEngine.#lastRound * this.#loads.length + thread
    start(id)
    this.#jobs.set(id, done)
    this.#count(id, 1)
    return id
  }

  #count(id: number, change: 1 | -1): void {
    const thread = id % this.#loads.length
    this.#loads[thread] = (this.#loads[thread] as number) + change
  }
}

function numbersOf({ fileFd, offset, end, notices }: JobWork): NativeWork {
  return [fileFd, offset, end, notices ? 1 : 0]
}
