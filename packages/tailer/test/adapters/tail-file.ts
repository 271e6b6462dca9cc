import { promises } from 'node:fs'
import { Readable, type ReadableOptions } from 'node:stream'
import { setTimeout as setTimer } from 'node:timers'
import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import type { Delivery, SourceEvent } from '@logflow/core'
import { follow } from '../../src/index.ts'
import { heldFirst } from './held-first.ts'
import { checkTailFileOptions } from './tail-file-options.ts'

/** Options of `@logdna/tail-file`; those of a Readable besides. */
export interface TailFileOptions extends ReadableOptions {
  /** @defaultValue 1000 */
  readonly pollFileIntervalMs?: number
  /** @defaultValue 200 */
  readonly pollFailureRetryMs?: number
  /** How often the name may be missing before that is an error. @defaultValue 10 */
  readonly maxPollFailures?: number
  /** Its `highWaterMark` is how many bytes are read at a time; the rest is ignored. */
  readonly readStreamOpts?: { readonly highWaterMark?: number }
  /** @defaultValue the end of the file when it is started */
  readonly startPos?: number | null
}

/** Its parts by the names that the suite finds them by. */
const opts = Symbol('opts')
const filename = Symbol('filename')
const pollFileIntervalMs = Symbol('pollFileIntervalMs')
const pollFailureRetryMs = Symbol('pollFailureRetryMs')
const maxPollFailures = Symbol('maxPollFailures')
const pollFailureCount = Symbol('pollFailureCount')
const startPos = Symbol('startPos')
const stream = Symbol('stream')
const fileHandle = Symbol('fileHandle')
const pollTimer = Symbol('pollTimer')
const quitting = Symbol('quitting')
const inode = Symbol('inode')

/** How often who waits for bytes to be passed on looks whether they were. */
const DRAIN_MS = 5
/** For how long a look at the name waits for the rest of the file that had it. */
const REMAINDER_MS = 1000

/** The interface of `@logdna/tail-file` over {@link follow}. */
export class TailFile extends Readable {
  protected readonly [opts]: TailFileOptions
  protected [filename]: string
  protected readonly [pollFileIntervalMs]: number
  protected readonly [pollFailureRetryMs]: number
  protected readonly [maxPollFailures]: number
  /** How often in a row the name was missing. */
  protected [pollFailureCount] = 0
  /** Offset of the next byte to be passed on; `null` before the first look. */
  protected [startPos]: number | null
  /** What is followed, taken from only when there is room. */
  protected [stream]: Readable | null = null
  /** The file that had the name at the last look: tells how much is left of it when the name is gone. */
  protected [fileHandle]: promises.FileHandle | null = null
  protected [pollTimer]: NodeJS.Timeout | null = null
  protected [quitting] = false
  /** Of the file that is held. */
  protected [inode]: number | null = null
  #deliveries: AsyncIterator<Delivery, void, undefined> | undefined
  /** Inode of the file that the position is in, as far as it is known. */
  #read: number | undefined
  /** Size of what has the name, as of the last look. */
  #size: number | undefined
  #truncated = false
  #wanted = false
  #pulling = false

  /** @throws TypeError, RangeError with the codes of the original */
  constructor(path: string, options: TailFileOptions = {}) {
    const { startPos: from, pollFileIntervalMs: everyMs, pollFailureRetryMs: retryMs, ...rest } = options
    const { maxPollFailures: failures, readStreamOpts, ...own } = rest
    checkTailFileOptions(path, {
      startPos: from,
      pollFileIntervalMs: everyMs,
      pollFailureRetryMs: retryMs,
      maxPollFailures: failures,
      readStreamOpts,
    })
    super(own)
    this[opts] = options
    this[filename] = path
    this[pollFileIntervalMs] = everyMs ?? 1000
    this[pollFailureRetryMs] = retryMs ?? 200
    this[maxPollFailures] = failures ?? 10
    this[startPos] = from ?? null
  }

  /**
   * Begins to follow. From its return on no byte is missed.
   *
   * @throws the error of the system when the file cannot be opened
   */
  async start(): Promise<void> {
    await this._openFile()
    await this._pollFileForChanges()
    if (!this[quitting]) await this._streamFileChanges()
  }

  /** Holds what has the name. */
  protected async _openFile(): Promise<promises.FileHandle> {
    const handle = await promises.open(this[filename])
    this[fileHandle] = handle
    this[inode] = (await handle.stat()).ino
    return handle
  }

  /**
   * What is left in the file that is held goes on, as far as there is room, before anything is said of the name. Then it
   * is let go: whatever is not read yet is still followed.
   */
  protected async _readRemainderFromFileHandle(): Promise<void> {
    const handle = this[fileHandle]
    this[fileHandle] = null
    this[inode] = null
    if (!handle) return
    const untilMs = Date.now() + REMAINDER_MS
    try {
      for (;;) {
        const { size, ino } = await handle.stat()
        const isLeft = this.#read === ino && (this[startPos] ?? 0) < size
        const hasRoom = !this.destroyed && this.readableLength < this.readableHighWaterMark
        if (!isLeft || !hasRoom || Date.now() > untilMs) return
        this._read()
        await sleep(DRAIN_MS)
      }
    } finally {
      await handle.close().catch(() => {})
    }
  }

  /** Passes deliveries on while there is room for them. */
  protected async _readChunks(deliveries: AsyncIterator<Delivery, void, undefined>): Promise<void> {
    if (this.#pulling) return
    this.#pulling = true
    try {
      while (this.#wanted) await this.#take(deliveries)
    } catch (error) {
      if (!this[quitting]) this.#tellFailure(error)
    } finally {
      this.#pulling = false
    }
  }

  /** Looks at the name now, and from now on. */
  protected async _pollFileForChanges(): Promise<void> {
    try {
      const { size, ino } = await promises.stat(this[filename])
      if (this[inode] !== ino) {
        await this.#leaveHeld()
        await this._openFile()
      }
      this.#noteSeen(size)
      this._scheduleTimer(this[pollFileIntervalMs])
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return this.quit(error as Error)
      await this.#leaveHeld()
      await this.#noteMissing(error as Error)
    }
  }

  protected _scheduleTimer(ms: number): void {
    clearTimeout(this[pollTimer] ?? undefined)
    if (!this[quitting]) this[pollTimer] = setTimer(() => void this._pollFileForChanges(), ms)
  }

  /** Begins to follow what is held, from the position on. */
  protected async _streamFileChanges(): Promise<void> {
    try {
      const { fd } = this[fileHandle] ?? (await this._openFile())
      const { fileSystem, close } = heldFirst(this[filename], fd)
      const followed = follow(this[filename], {
        from: this[startPos] ?? 'end',
        partialLines: true,
        pollMs: this[pollFileIntervalMs],
        batchBytes: this[opts].readStreamOpts?.highWaterMark,
        fileSystem,
      })
      this[stream] = Readable.from(followed, { highWaterMark: 0 }).once('close', close)
      this.#deliveries = this[stream][Symbol.asyncIterator]()
      await this.#take(this.#deliveries)
      void this._readChunks(this.#deliveries)
    } catch (error) {
      this[pollFailureCount]++
      this.#tellFailure(error)
    }
  }

  override _read(): void {
    this.#wanted = true
    if (this.#deliveries) void this._readChunks(this.#deliveries)
  }

  /** Ends the stream after what is in the file now; at once when there was an error, which is told. */
  async quit(error?: Error): Promise<void> {
    if (this[quitting]) return
    this[quitting] = true
    clearTimeout(this[pollTimer] ?? undefined)
    if (error) this.emit('error', error)
    else {
      await this.#drain()
      this.emit('flush', { lastReadPosition: this[startPos] ?? 0 })
    }
    this[stream]?.destroy()
    this[fileHandle]?.close().catch(() => {})
    this.push(null)
    // The original tells the end also when nobody reads.
    await setImmediate()
    if (!this.readableEnded && this.readableFlowing !== true) this.emit('end')
  }

  /** One delivery. */
  async #take(deliveries: AsyncIterator<Delivery, void, undefined>): Promise<void> {
    const { value: item, done } = await deliveries.next()
    if (done === true) {
      this.#wanted = false
      return
    }
    switch (item.kind) {
      case 'lines':
        this[startPos] = item.offset + item.bytes.length
        this.#wanted = this.push(item.bytes)
        this.emit('flush', { lastReadPosition: this[startPos] })
        return
      case 'gap':
        this[startPos] = item.to
        return this.#tellFailure(new Error(`bytes ${item.from} to ${item.to} are lost: ${item.reason}`))
      case 'event':
        return this.#noteEvent(item)
    }
  }

  async #noteEvent({ event, source, detail }: SourceEvent): Promise<void> {
    if (event === 'failed') return this.#tellFailure(new Error(JSON.stringify(detail)))
    if (event === 'truncated') this.#truncated = true
    if (event !== 'opened') return
    const first = this.#read === undefined
    this.#read = Number(`0x${source.id.split(':')[2] ?? '0'}`)
    this[startPos] = Number(detail?.['offset'] ?? 0)
    if (first) return
    const name = this.#truncated ? 'truncated' : 'renamed'
    this.#truncated = false
    const message = `The file was ${name === 'truncated' ? name : 'renamed or rolled'}.  Tailing resumed from the beginning.`
    this.emit(name, { message, filename: this[filename], when: new Date() })
    // Whoever awaited this is to be back before its bytes come.
    await setImmediate()
  }

  #tellFailure(actual: unknown): void {
    const error = new Error('An error was encountered while tailing the file')
    this.emit('tail_error', Object.assign(error, { code: 'ETAIL', meta: { actual } }))
  }

  /** The file that is held has lost its name. */
  async #leaveHeld(): Promise<void> {
    try {
      await this._readRemainderFromFileHandle()
    } catch (cause) {
      const { message, code } = cause as NodeJS.ErrnoException
      const error = new Error('Could not read remaining bytes from old FH')
      this.emit('tail_error', Object.assign(error, { code, meta: { error: message, code } }))
    }
  }

  #noteSeen(size: number): void {
    this.#size = size
    this[pollFailureCount] = 0
    this[startPos] ??= size
    if (this.#isRead) this.emit('flush', { lastReadPosition: this[startPos] })
  }

  async #noteMissing(error: Error): Promise<void> {
    this.#size = undefined
    const attempts = ++this[pollFailureCount]
    if (attempts >= this[maxPollFailures]) return this.quit(error)
    const message = 'File disappeared. Retrying.'
    this.emit('retry', { message, filename: this[filename], attempts, when: new Date() })
    this._scheduleTimer(this[pollFailureRetryMs])
  }

  /** Whether all of the file that has the name was passed on, as of the last look. */
  get #isRead(): boolean {
    return this.#size === undefined || (this.#read === this[inode] && this.#size === this[startPos])
  }

  async #drain(): Promise<void> {
    do {
      await this._pollFileForChanges()
      if (this.#isRead || !this.#deliveries || this.readableFlowing === null) return
      await sleep(DRAIN_MS)
    } while (!this.destroyed)
  }
}
