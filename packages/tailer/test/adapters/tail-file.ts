import { promises } from 'node:fs'
import { Readable, type ReadableOptions } from 'node:stream'
import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import type { Delivery, SourceEvent } from '@logflow/core'
import { follow } from '../../src/index.ts'
import { NameWatch } from './name-watch.ts'
import { checkTailFileOptions } from './tail-file-options.ts'

/** Options of `@logdna/tail-file`; those of a Readable besides. `readStreamOpts` is checked and ignored. */
export interface TailFileOptions extends ReadableOptions {
  /** @defaultValue 1000 */
  readonly pollFileIntervalMs?: number
  /** @defaultValue 200 */
  readonly pollFailureRetryMs?: number
  /** How often the name may be missing before that is an error. @defaultValue 10 */
  readonly maxPollFailures?: number
  readonly readStreamOpts?: object
  /** @defaultValue the end of the file when it is started */
  readonly startPos?: number | null
}

/** How often in a row the name was missing; its suite finds it by this name. */
const pollFailureCount = Symbol('pollFailureCount')
/** How often a stream that is to end looks whether everything was passed on. */
const DRAIN_MS = 5

/** The interface of `@logdna/tail-file` over {@link follow}. */
export class TailFile extends Readable {
  protected [pollFailureCount] = 0
  readonly #filename: string
  readonly #options: TailFileOptions
  readonly #name: NameWatch
  #deliveries: AsyncIterableIterator<Delivery, void, undefined> | undefined
  #position: number | undefined
  /** Of the file that is read, as far as it is known. */
  #inode: bigint | undefined
  #named: { readonly size: number; readonly inode: bigint } | undefined
  #truncated = false
  #wanted = false
  #pulling = false
  #quitting = false

  /** @throws TypeError, RangeError with the codes of the original */
  constructor(filename: string, options: TailFileOptions = {}) {
    const { startPos, pollFileIntervalMs, pollFailureRetryMs, maxPollFailures, readStreamOpts, ...own } = options
    checkTailFileOptions(filename, {
      startPos,
      pollFileIntervalMs,
      pollFailureRetryMs,
      maxPollFailures,
      readStreamOpts,
    })
    super(own)
    this.#filename = filename
    this.#options = options
    this.#position = startPos ?? undefined
    const everyMs = { seen: pollFileIntervalMs ?? 1000, missing: pollFailureRetryMs ?? 200 }
    this.#name = new NameWatch(filename, everyMs, {
      onSeen: facts => this.#noteSeen(facts),
      onMissing: (error, attempts) => this.#noteMissing(error, attempts),
      onFailure: error => void this.quit(error),
    })
  }

  /**
   * Begins to follow. From its return on no byte is missed.
   *
   * @throws the error of the system when the file cannot be opened
   */
  async start(): Promise<void> {
    await (await promises.open(this.#filename)).close()
    await this.#name.look()
    if (this.#quitting) return
    const pollMs = this.#options.pollFileIntervalMs ?? 1000
    this.#deliveries = follow(this.#filename, { from: this.#position ?? 'end', partialLines: true, pollMs })
    await this.#take()
    this.#pull()
  }

  /** Looks at the name now, instead of waiting for `pollFileIntervalMs`. */
  protected _pollFileForChanges(): Promise<void> {
    return this.#name.look()
  }

  override _read(): void {
    this.#wanted = true
    this.#pull()
  }

  /** Ends the stream after what is in the file now; at once when there was an error, which is told. */
  async quit(error?: Error): Promise<void> {
    if (this.#quitting) return
    this.#quitting = true
    if (error) {
      this.#name.stop()
      this.emit('error', error)
    } else {
      await this.#drain()
      this.#name.stop()
      this.emit('flush', { lastReadPosition: this.#position ?? 0 })
    }
    await this.#deliveries?.return?.()
    this.push(null)
    // The original tells the end also when nobody reads.
    await setImmediate()
    if (!this.readableEnded && this.readableFlowing !== true) this.emit('end')
  }

  #pull(): void {
    if (!this.#wanted || this.#pulling || !this.#deliveries) return
    this.#pulling = true
    this.#take()
      .catch((error: unknown) => this.emit('tail_error', error))
      .finally(() => {
        this.#pulling = false
        this.#pull()
      })
  }

  /** One delivery. */
  async #take(): Promise<void> {
    const { value: item, done } = (await this.#deliveries?.next()) ?? { done: true, value: undefined }
    if (done === true) {
      this.#wanted = false
      return
    }
    switch (item.kind) {
      case 'lines':
        this.#position = item.offset + item.bytes.length
        this.#wanted = this.push(item.bytes)
        this.emit('flush', { lastReadPosition: this.#position })
        return
      case 'gap':
        return void this.emit('tail_error', new Error(`bytes ${item.from} to ${item.to} are lost: ${item.reason}`))
      case 'event':
        return this.#noteEvent(item)
    }
  }

  async #noteEvent({ event, source, detail }: SourceEvent): Promise<void> {
    if (event === 'failed') return void this.emit('tail_error', new Error(JSON.stringify(detail)))
    if (event === 'truncated') this.#truncated = true
    if (event !== 'opened') return
    const first = this.#inode === undefined
    this.#inode = BigInt(`0x${source.id.split(':')[2] ?? '0'}`)
    this.#position = Number(detail?.['offset'] ?? 0)
    if (first) return
    const name = this.#truncated ? 'truncated' : 'renamed'
    this.#truncated = false
    const message = `The file was ${name === 'truncated' ? name : 'renamed or rolled'}.  Tailing resumed from the beginning.`
    this.emit(name, { message, filename: this.#filename, when: new Date() })
    // Whoever awaited this is to be back before its bytes come.
    await setImmediate()
  }

  #noteSeen(facts: { readonly size: number; readonly inode: bigint }): void {
    this.#named = facts
    this[pollFailureCount] = 0
    this.#position ??= facts.size
    if (this.#isRead) this.emit('flush', { lastReadPosition: this.#position })
  }

  #noteMissing(error: Error, attempts: number): void {
    this.#named = undefined
    this[pollFailureCount] = attempts
    if (attempts >= (this.#options.maxPollFailures ?? 10)) return void this.quit(error)
    const message = 'File disappeared. Retrying.'
    this.emit('retry', { message, filename: this.#filename, attempts, when: new Date() })
  }

  /** Whether all of the file that has the name was passed on, as of the last look. */
  get #isRead(): boolean {
    const { size, inode } = this.#named ?? {}
    return size === undefined || (inode === this.#inode && size === this.#position)
  }

  async #drain(): Promise<void> {
    do {
      await this.#name.look()
      if (this.#isRead || !this.#deliveries || this.readableFlowing === null) return
      await sleep(DRAIN_MS)
    } while (!this.destroyed)
  }
}
