import type { Logger, Source, SourceEvent } from '@logflow/core'
import { TailerError } from '../errors.ts'
import { errorDetail, failedEvent } from '../events.ts'

/** What is going wrong with a path now, so that each failure is told once, and again when it changes or comes back. */
export class Failures {
  readonly #texts = new Map<'look' | 'read', string>()
  readonly #none: Source
  readonly #logger: Logger

  constructor(path: string, { host, logger }: { readonly host: string; readonly logger: Logger }) {
    this.#none = { host, path, id: 'none' }
    this.#logger = logger
  }

  /** Whether anything goes wrong. */
  get any(): boolean {
    return this.#texts.size > 0
  }

  /** What to tell about it, which is logged; `undefined` when that was told. */
  tell(doing: 'look' | 'read', error: unknown, source = this.#none): SourceEvent | undefined {
    const detail = errorDetail(error)
    const text = JSON.stringify(detail)
    if (this.#texts.get(doing) === text) return undefined
    this.#texts.set(doing, text)
    this.#logger.warn({ event: 'source.failed', path: source.path, err: error })
    return failedEvent(source, detail)
  }

  /** It went well this time. */
  clear(doing: 'look' | 'read'): void {
    this.#texts.delete(doing)
  }
}

/** A file that was open and cannot be read now. */
export function readFailure(path: string, cause: unknown): TailerError {
  return new TailerError('LF_TAILER_READ', `cannot read ${path}`, { cause, detail: { path } })
}
