import { open, readFile, rename } from 'node:fs/promises'
import type { Clock } from '@logflow/core'
import { RrtailError } from './errors.ts'
import { Position, PROOF_BYTES } from './position.ts'

const VERSION = 1
const SAVE_INTERVAL_MS = 1000

/** Where the place in the remote file is kept across restarts of rrtail, and of the machine. */
export class StateFile {
  readonly #path: string
  readonly #origin: string
  readonly #clock: Clock
  #savedMs = -Infinity

  constructor(path: string, origin: string, clock: Clock) {
    this.#path = path
    this.#origin = origin
    this.#clock = clock
  }

  /** The saved place, or `undefined` when there is none yet. @throws RrtailError `LF_RRTAIL_STATE` */
  async load(): Promise<Position | undefined> {
    let text: string
    try {
      text = await readFile(this.#path, 'utf8')
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw this.#bad('cannot be read', cause)
    }
    const { origin, offset, tail } = this.#parse(text)
    if (origin !== this.#origin) throw this.#bad(`is of ${JSON.stringify(origin)}, not of ${this.#origin}`)
    return new Position(offset, tail)
  }

  /** At most once a second; call {@link StateFile.save} at the end. */
  async saveSometimes(position: Position): Promise<void> {
    if (this.#clock.monotonicMs() - this.#savedMs >= SAVE_INTERVAL_MS) await this.save(position)
  }

  /** Durable when it resolves: a crash leaves the old place or the new one. */
  async save(position: Position): Promise<void> {
    this.#savedMs = this.#clock.monotonicMs()
    const tail = Buffer.from(position.tail).toString('base64')
    const text = JSON.stringify({ version: VERSION, origin: this.#origin, offset: position.offset, tail })
    const fresh = `${this.#path}.new`
    const file = await open(fresh, 'w', 0o600)
    try {
      await file.writeFile(`${text}\n`)
      await file.datasync()
    } finally {
      await file.close()
    }
    await rename(fresh, this.#path)
  }

  #parse(text: string): { origin: unknown; offset: number; tail: Uint8Array } {
    let parsed: Partial<Record<'version' | 'origin' | 'offset' | 'tail', unknown>> | null
    try {
      parsed = JSON.parse(text) as typeof parsed
    } catch (cause) {
      throw this.#bad('is not JSON', cause)
    }
    const { version, origin, offset, tail } = parsed ?? {}
    if (version !== VERSION || !Number.isSafeInteger(offset) || typeof tail !== 'string') throw this.#bad('is not ours')
    const bytes = new Uint8Array(Buffer.from(tail, 'base64'))
    if (bytes.length > PROOF_BYTES || bytes.length > Number(offset)) throw this.#bad('is not ours')
    return { origin, offset: Number(offset), tail: bytes }
  }

  #bad(why: string, cause?: unknown): RrtailError {
    return new RrtailError('LF_RRTAIL_STATE', `state file ${this.#path} ${why}`, cause === undefined ? {} : { cause })
  }
}
