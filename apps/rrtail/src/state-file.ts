import { open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Clock } from '@logflow/core'
import { RrtailError } from './errors.ts'
import type { OutputMark } from './output-mark.ts'
import { Position, PROOF_BYTES } from './position.ts'
import { isWay, type Way } from './way.ts'

const VERSION = 1
const SAVE_INTERVAL_MS = 1000
const MAX_STATE_BYTES = 64 * 1024

/** What a state file remembers. */
export interface SavedPlace {
  readonly position: Position
  /** How the file was reached: places of one way mean little to another. */
  readonly way: Way
  /** How long the output was at that place, when it is a file. */
  readonly output: OutputMark | undefined
}

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

  /**
   * The saved place, or `undefined` when there is none yet; whether one can be saved is tried at once.
   *
   * @throws RrtailError `LF_RRTAIL_STATE`
   */
  async load(): Promise<SavedPlace | undefined> {
    let text: string | undefined
    try {
      const bytes = await readFile(this.#path)
      if (bytes.length > MAX_STATE_BYTES) throw this.#bad('is not ours')
      text = bytes.toString('utf8')
    } catch (cause) {
      if (cause instanceof RrtailError) throw cause
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw this.#bad('cannot be read', cause)
    }
    const saved = text === undefined ? undefined : this.#parse(text)
    await this.save(saved ?? { position: new Position(), way: 'ssh', output: undefined }, { dry: true })
    return saved
  }

  /** Whether the last save is long enough ago for another one. */
  get due(): boolean {
    return this.#clock.monotonicMs() - this.#savedMs >= SAVE_INTERVAL_MS
  }

  /** Durable when it resolves: a crash leaves the old place or the new one. @throws RrtailError `LF_RRTAIL_STATE` */
  async save({ position, way, output }: SavedPlace, { dry = false } = {}): Promise<void> {
    const { offset, fileId } = position
    const tail = Buffer.from(position.tail).toString('base64')
    const place = { version: VERSION, origin: this.#origin, offset, tail, fileId, way, output }
    const fresh = `${this.#path}.new`
    try {
      await writeDurably(fresh, `${JSON.stringify(place)}\n`)
      if (dry) return
      await rename(fresh, this.#path)
      await syncFolder(dirname(this.#path))
    } catch (cause) {
      throw this.#bad('cannot be written', cause)
    }
    this.#savedMs = this.#clock.monotonicMs()
  }

  #parse(text: string): SavedPlace {
    let parsed: Record<string, unknown> | null
    try {
      parsed = JSON.parse(text) as typeof parsed
    } catch (cause) {
      throw this.#bad('is not JSON', cause)
    }
    const { version, origin, offset, tail, fileId, way, output } = parsed ?? {}
    const valid =
      version === VERSION &&
      Number.isSafeInteger(offset) &&
      typeof tail === 'string' &&
      isOptionalText(fileId) &&
      isWay(way) &&
      (output === undefined || isOutputMark(output))
    if (!valid) throw this.#bad('is not ours')
    if (origin !== this.#origin) throw this.#bad(`is of ${JSON.stringify(origin)}, not of ${this.#origin}`)
    const bytes = new Uint8Array(Buffer.from(tail, 'base64'))
    if (bytes.length > PROOF_BYTES || bytes.length > Number(offset)) throw this.#bad('is not ours')
    const position = new Position(Number(offset), bytes)
    position.fileId = fileId
    return { position, way, output }
  }

  #bad(why: string, cause?: unknown): RrtailError {
    return new RrtailError('LF_RRTAIL_STATE', `state file ${this.#path} ${why}`, cause === undefined ? {} : { cause })
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600)
  try {
    await file.writeFile(text)
    await file.datasync()
  } finally {
    await file.close()
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path)
  try {
    await folder.sync()
  } catch {
    // Some file systems cannot sync a folder: then a power cut may bring the old place back, which repeats bytes only.
  } finally {
    await folder.close()
  }
}

function isOptionalText(value: unknown): value is string | undefined {
  return value === undefined || (typeof value === 'string' && value !== '')
}

function isOutputMark(value: unknown): value is OutputMark {
  const { file, size } = (value ?? {}) as Partial<Record<keyof OutputMark, unknown>>
  return typeof file === 'string' && Number.isSafeInteger(size) && Number(size) >= 0
}
