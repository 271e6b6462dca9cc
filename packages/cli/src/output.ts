import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { CliError } from './errors.ts'

/** Where a program writes its data. The promise of `write` is the backpressure. */
export interface Output {
  /**
   * Resolves when the bytes are handed over and the pipe has room again. Rejects with `LF_CLI_OUTPUT` when the reader is
   * gone or the bytes cannot be kept (disk full).
   */
  write(chunk: Uint8Array | string): Promise<void>
  readonly isTerminal: boolean
  /** Whether to paint: a terminal, and neither NO_COLOR nor TERM=dumb. FORCE_COLOR wins. */
  readonly colors: boolean
  /** Columns of the terminal; 80 elsewhere. */
  readonly columns: number
  /** Whether nothing can be written any more: the reader hung up (`head` had enough), or what was written is lost. */
  readonly closed: boolean
  /** Set when it is not that the reader hung up: bytes are lost, which is a failure of the program. */
  readonly failure?: CliError | undefined
  /** Called once when nothing can be written any more. */
  onClosed(call: () => void): void
}

/** Wraps stdout or stderr. A reader that hangs up is an event, not a crash. */
export function openOutput(stream: Writable & { isTTY?: boolean; columns?: number }): Output {
  return new StreamOutput(stream)
}

class StreamOutput implements Output {
  readonly #stream: Writable & { isTTY?: boolean; columns?: number }
  readonly #listeners: (() => void)[] = []
  #failure: Error | undefined

  constructor(stream: Writable & { isTTY?: boolean; columns?: number }) {
    this.#stream = stream
    stream.on('error', (error: Error) => {
      this.#failure ??= error
      for (const call of this.#listeners.splice(0)) call()
    })
  }

  get isTerminal(): boolean {
    return this.#stream.isTTY === true
  }
  get colors(): boolean {
    const { NO_COLOR, FORCE_COLOR, TERM } = process.env
    if (FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0') return true
    return this.isTerminal && (NO_COLOR === undefined || NO_COLOR === '') && TERM !== 'dumb'
  }
  get columns(): number {
    return this.#stream.columns ?? 80
  }
  get closed(): boolean {
    return this.#failure !== undefined
  }
  get failure(): CliError | undefined {
    return this.#failure === undefined || hungUp(this.#failure) ? undefined : this.#gone()
  }

  onClosed(call: () => void): void {
    if (this.#failure) call()
    else this.#listeners.push(call)
  }

  async write(chunk: Uint8Array | string): Promise<void> {
    if (this.#failure) throw this.#gone()
    if (this.#stream.write(chunk)) return
    try {
      await once(this.#stream, 'drain')
    } catch {
      throw this.#gone()
    }
  }

  #gone(): CliError {
    const cause = this.#failure
    const message = cause && !hungUp(cause) ? 'cannot write the output' : 'the reader of the output is gone'
    return new CliError('LF_CLI_OUTPUT', message, { cause })
  }
}

/** Whether nobody wants the bytes any more, so that none are missed. */
function hungUp({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EPIPE' || code === 'ECONNRESET' || code === 'ERR_STREAM_DESTROYED'
}
