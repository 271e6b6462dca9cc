import type { Clock, Delivery } from '@logflow/core'
import type { Generation } from './generation.ts'
import { claimKeyOf } from '../identity/identity.ts'

/** What a file server's clock says may be as wrong as this. */
const CERTAIN_MS = 60_000
/** How often one is looked at, to which nothing more is written, while it lingers. */
const LOOKS = 10

interface Entry {
  readonly generation: Generation
  quietSinceMs: number
  lookedMs: number
}

/** What one look at the lingering generations found. */
export interface LateFindings {
  /** Late bytes, per generation. */
  readonly late: readonly { readonly generation: Generation; readonly items: readonly Delivery[] }[]
  /** Those that have been quiet for long enough; they are given up. */
  readonly done: readonly Generation[]
}

/** Generations that were rotated away, whose writers may not have moved on yet. */
export class Lingering {
  readonly #entries: Entry[] = []
  readonly #clock: Clock
  /** How long one stays after its last byte. */
  readonly ms: number

  /** `lingerMs` is how long one stays after its last byte. */
  constructor(clock: Clock, lingerMs: number) {
    this.#clock = clock
    this.ms = lingerMs
  }

  /** Oldest first. */
  get generations(): readonly Generation[] {
    return this.#entries.map(({ generation }) => generation)
  }

  /** How many there are. */
  get size(): number {
    return this.#entries.length
  }

  /** One that is read to its end, and what had its name after it. */
  async add(generation: Generation, next: Generation): Promise<void> {
    const restedMs = await this.#restedMs(generation, next)
    const quietSinceMs = this.#clock.monotonicMs() - restedMs
    this.#entries.push({ generation, quietSinceMs, lookedMs: quietSinceMs })
  }

  /** For how long it has been quiet under its new name: 0 unless that is so long that no clock can be that wrong. */
  async #restedMs(generation: Generation, { identity }: Generation): Promise<number> {
    if (identity.birthNs === 0n) return 0
    // What cannot be asked now is looked at for as long as any.
    const facts = await generation.handle.stat({ bigint: true }).catch(() => undefined)
    if (!facts) return 0
    const { mtimeNs } = facts
    const sinceNs = mtimeNs > identity.birthNs ? mtimeNs : identity.birthNs
    const restedMs = this.#clock.now() - Number(sinceNs / 1_000_000n)
    return restedMs < CERTAIN_MS ? 0 : restedMs
  }

  /** Their folder was away: from now on time counts again. */
  restart(): void {
    for (const entry of this.#entries) entry.quietSinceMs = this.#clock.monotonicMs()
  }

  /** Gives one up to be read as before: its file has its name back. */
  takeBack(fileKey: string): Generation | undefined {
    const isIt = ({ gone, identity }: Generation): boolean => !gone && claimKeyOf(identity) === fileKey
    const at = this.#entries.findIndex(({ generation }) => isIt(generation))
    return at === -1 ? undefined : this.#entries.splice(at, 1)[0]?.generation
  }

  /**
   * Reads a little of each whose turn it is: hundreds may linger beside one that is busy. While their folder is `away`
   * none is given up: it may be written to when that is back.
   */
  async step(away: boolean): Promise<LateFindings> {
    const late: { generation: Generation; items: readonly Delivery[] }[] = []
    const done: Generation[] = []
    for (const entry of [...this.#entries]) {
      const { generation } = entry
      // Before it is read: what is written after that is not to be missed, however long the read takes.
      const nowMs = this.#clock.monotonicMs()
      // What was closed meanwhile is opened once more, at its end.
      if (nowMs - entry.lookedMs < (generation.asleep ? this.ms : this.ms / LOOKS)) continue
      const step = await generation.step()
      if (step.kind === 'end') entry.lookedMs = nowMs
      if (step.kind === 'bytes') {
        entry.quietSinceMs = nowMs
        late.push({ generation, items: step.items })
      } else if (away && step.kind === 'end') {
        // Its disk is not to be kept from being put away.
        if (nowMs - entry.quietSinceMs >= this.ms) await generation.drowse()
      } else if (step.kind === 'changed' || nowMs - entry.quietSinceMs >= this.ms) {
        this.#entries.splice(this.#entries.indexOf(entry), 1)
        done.push(generation)
      }
    }
    return { late, done }
  }

  /** Gives all of them up. */
  clear(): readonly Generation[] {
    return this.#entries.splice(0).map(({ generation }) => generation)
  }
}
