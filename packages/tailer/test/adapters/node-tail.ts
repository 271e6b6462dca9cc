import { EventEmitter } from 'node:events'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import type { SourceEvent } from '@logflow/core'
import { follow } from '../../src/index.ts'
import { heldFirst } from './held-first.ts'
import { NameWatch } from './name-watch.ts'

/** The options of npm `tail` that mean something here; others are taken and ignored. */
export interface TailOptions {
  /** `null`: no lines, but what was read at one time. @defaultValue newline, perhaps after a carriage return */
  readonly separator?: RegExp | string | null
  readonly fromBeginning?: boolean
  /** Begin with so many of the last lines. */
  readonly nLines?: number
  /** Tell an unfinished last line as a line. */
  readonly flushAtEOF?: boolean
  /** Go on with the file that takes the name over. @defaultValue true */
  readonly follow?: boolean
  readonly encoding?: string
  readonly useWatchFile?: boolean
  readonly logger?: { info(...data: unknown[]): void; error(...data: unknown[]): void }
}

/** How often the name is looked at, and for how long it must be missing. npm `tail` gives up after a second. */
const LOOK_MS = 250
const MISSING_LOOKS = 4

/** The interface of npm `tail` over {@link follow}. */
export class Tail extends EventEmitter {
  readonly filename: string
  readonly #options: TailOptions
  readonly #separator: RegExp | string | null
  /** Where to go on. The file is held open to tell a deletion from a renaming: only that is an error. */
  #offset: number
  #held: number | undefined
  #stop: (() => void) | undefined

  /** @throws the error of the system when the file cannot be opened */
  constructor(filename: string, options: TailOptions = {}) {
    super()
    this.filename = filename
    this.#options = options
    this.#separator = options.separator === undefined ? /\r?\n/ : options.separator
    this.#held = openSync(filename, 'r')
    const { fromBeginning = false, nLines } = options
    const { size } = fstatSync(this.#held)
    if (fromBeginning || (nLines !== undefined && nLines <= 0)) this.#offset = 0
    else this.#offset = nLines === undefined ? size : startOfLastLines(this.#held, size, nLines)
    this.watch()
  }

  /** Goes on where it was stopped; at first, where the options say. */
  watch(): void {
    if (this.#stop) return
    this.#held ??= openSync(this.filename, 'r')
    const { fileSystem, close } = heldFirst(this.filename, this.#held)
    const options = { from: this.#offset, partialLines: true, pollMs: LOOK_MS, fileSystem }
    const deliveries = follow(this.filename, options)
    const name = new NameWatch(
      this.filename,
      { seen: LOOK_MS, missing: LOOK_MS },
      {
        onSeen: ({ inode }) => this.#reopen(inode),
        onMissing: (error, attempts) => this.#noteMissing(error, attempts),
      },
    )
    let stopped = false
    this.#stop = () => {
      stopped = true
      name.stop()
      void Promise.resolve(deliveries.return?.()).finally(close)
    }
    void name.look()
    void this.#pass(deliveries, () => stopped)
  }

  /** Ends it; no event comes after this. */
  unwatch(): void {
    this.#stop?.()
    this.#stop = undefined
    if (this.#held !== undefined) closeSync(this.#held)
    this.#held = undefined
  }

  async #pass(deliveries: ReturnType<typeof follow>, isStopped: () => boolean): Promise<void> {
    const lines = new Lines(this.#separator, this.#options)
    try {
      for await (const item of deliveries) {
        if (isStopped()) return
        if (item.kind === 'event') this.#noteEvent(item)
        if (item.kind !== 'lines') continue
        this.#offset = item.offset + item.bytes.length
        for (const line of lines.push(item.bytes)) {
          if (isStopped()) return
          this.emit('line', line)
        }
      }
    } catch (error) {
      this.emit('error', error)
    }
  }

  #noteEvent({ event, detail }: SourceEvent): void {
    // A name that is missing is told by the one who counts how long.
    if (event === 'failed' && detail?.['system'] !== 'ENOENT') this.emit('error', detail)
    if (event === 'opened') this.#offset = Number(detail?.['offset'] ?? 0)
  }

  #noteMissing(error: Error, attempts: number): void {
    if (attempts !== MISSING_LOOKS || this.#held === undefined) return
    const deleted = fstatSync(this.#held).nlink === 0
    if (!deleted && this.#options.follow !== false) return
    this.#options.logger?.error(`${this.filename} is not available any more`)
    this.emit('error', error)
  }

  /** Another file has the name: that one is held from now on. */
  #reopen(inode: bigint): void {
    if (this.#held === undefined || fstatSync(this.#held, { bigint: true }).ino === inode) return
    closeSync(this.#held)
    this.#held = openSync(this.filename, 'r')
  }
}

/** Bytes as lines by a separator of any kind. */
class Lines {
  readonly #separator: RegExp | string | null
  readonly #flushAtEnd: boolean
  readonly #decoder: InstanceType<typeof TextDecoder>
  #open = ''

  constructor(separator: RegExp | string | null, { encoding, flushAtEOF = false }: TailOptions) {
    this.#separator = separator
    this.#flushAtEnd = flushAtEOF
    this.#decoder = new TextDecoder(encoding, { ignoreBOM: true })
  }

  push(bytes: Uint8Array): string[] {
    this.#open += this.#decoder.decode(bytes, { stream: true })
    const lines = this.#separator === null ? [this.#open] : this.#open.split(this.#separator)
    this.#open = this.#separator === null ? '' : (lines.pop() ?? '')
    // Bytes without a newline at their end are all that there is now.
    if (this.#flushAtEnd && this.#open !== '' && bytes.at(-1) !== 10) {
      lines.push(this.#open)
      this.#open = ''
    }
    return lines
  }
}

/** Where the last `count` lines begin. */
function startOfLastLines(fd: number, size: number, count: number): number {
  const bytes = Buffer.alloc(64 * 1024)
  let left = count
  for (let to = size; to > 0;) {
    const from = Math.max(0, to - bytes.length)
    const found = bytes.subarray(0, readSync(fd, bytes, 0, to - from, from))
    for (let at = found.length - 1; at >= 0; at--) {
      // The newline that ends the file begins no line.
      if (found[at] === 10 && from + at < size - 1 && --left === 0) return from + at + 1
    }
    to = from
  }
  return 0
}
