import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Delivery, Source, SourceEventName } from '@logflow/core'
import { TailerError } from '../errors.ts'
import { Failures } from '../follow/failures.ts'
import type { ResolvedFollowOptions } from '../options.ts'
import { JOURNAL_ID } from '../streams/stream-ids.ts'
import { cursorOf, formatCursor } from './cursor.ts'
import { findJournalctl } from './find-journalctl.ts'
import { JournalEntries } from './journal-entries.ts'
import { unitOf, WHOLE_JOURNAL } from './journal-unit.ts'
import { runJournalctl } from './run-journalctl.ts'

/** All entries as they are: without `--all` long fields are left out. */
const FORMAT = ['--output=json', '--all', '--quiet', '--no-pager'] as const
/** Pauses before `journalctl` is started again. */
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [1000, 30_000]

/**
 * The journal of one unit (`journal:nginx.service`) or of all (`journal:`), as lines of JSON: what `journalctl
 * --output=json` writes, one entry each. An offset counts the bytes of the entries before it, since the first that was
 * ever delivered; its proof is the cursor of the last of them. With that, whoever restarts goes on after that entry, in
 * whatever file it lies by then; so does this when `journalctl` breaks off.
 */
export async function* followJournal(
  name: string,
  options: ResolvedFollowOptions,
  signal: AbortSignal,
): AsyncGenerator<Delivery, void, undefined> {
  const source = { host: options.host, path: name, id: await sourceIdOf(name, options.host) }
  const journal = new Journal(source, options, signal)
  const failures = new Failures(name, options)
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    const offset = journal.offset
    try {
      yield* journal.deliveries()
      if (options.once) return
    } catch (error) {
      signal.throwIfAborted()
      if (journal.offset > offset) failures.clear('read')
      const told = failures.tell('read', error, source)
      if (told) yield told
      if (options.once) return
    }
    if (journal.offset > offset) pauseMs = FIRST_PAUSE_MS
    await options.clock.sleep(pauseMs, { signal })
  }
}

/** One journal, across the runs of `journalctl` that read it. */
class Journal {
  readonly #source: Source
  readonly #options: ResolvedFollowOptions
  readonly #signal: AbortSignal
  readonly #entries: JournalEntries
  #opened = false
  #complaint = ''

  constructor(source: Source, options: ResolvedFollowOptions, signal: AbortSignal) {
    this.#source = source
    this.#options = options
    this.#signal = signal
    this.#entries = new JournalEntries(source, options)
  }

  /** Offset after the last entry that was delivered. */
  get offset(): number {
    return this.#entries.offset
  }

  /** What is there, then what comes. Ends, or throws, when `journalctl` does. */
  async *deliveries(): AsyncGenerator<Delivery, void, undefined> {
    const unit = unitOf(this.#source.path)
    if (unit === undefined) throw journalError(`${JSON.stringify(this.#source.path)} names no unit`)
    const program = this.#options.journalctl ?? (await findJournalctl())
    if (program === undefined) throw journalError('journalctl is not in PATH')
    const args = [...FORMAT, ...(unit === WHOLE_JOURNAL ? [] : [`--unit=${unit}`])]
    if (!this.#opened && !this.#entries.resumed && this.#options.from === 'end') await this.#beginAtEnd(program, args)
    if (!this.#opened) yield this.#event('opened')
    this.#opened = true
    // A journal that is followed may begin with this boot: what is older is read before.
    yield* this.#run(program, args, { proves: true })
    if (this.#options.once) return yield this.#event('ended')
    yield* this.#run(program, [...args, '--follow'], { proves: false })
    throw journalError('journalctl ended')
  }

  /** From the entry at the cursor on. */
  async *#run(
    program: string,
    args: readonly string[],
    { proves }: { readonly proves: boolean },
  ): AsyncGenerator<Delivery, void, undefined> {
    const { cursor } = this.#entries
    const begin = cursor === undefined ? [] : [`--cursor=${cursor}`]
    this.#entries.begin({ proves })
    const chunks = this.#journalctl(program, [...args, '--no-tail', ...begin])
    for await (const chunk of chunks) yield* this.#entries.push(chunk)
    yield* this.#entries.end()
  }

  /** What is there now is not wanted: only where it ends. */
  async #beginAtEnd(program: string, args: readonly string[]): Promise<void> {
    const parts: Uint8Array[] = []
    for await (const chunk of this.#journalctl(program, [...args, '--lines=1'])) parts.push(chunk)
    const cursor = cursorOf(Buffer.concat(parts))
    if (cursor === undefined) return // there is no entry yet: the first one is new
    this.#entries.cursor = cursor
    this.#options.checkpoint?.begin(this.#source, {
      ...{ sourceId: this.#source.id, offset: 0, tailHash: formatCursor(cursor) },
    })
    await this.#options.checkpoint?.begun()
  }

  async *#journalctl(program: string, args: readonly string[]): AsyncGenerator<Uint8Array, void, undefined> {
    const onComplaint = async (line: string): Promise<void> => {
      this.#options.logger.warn({ event: 'journal.complained', path: this.#source.path, line })
      this.#complaint = line
    }
    try {
      yield* runJournalctl({ program, args, signal: this.#signal, onComplaint })
    } catch (cause) {
      this.#signal.throwIfAborted()
      const said = this.#complaint === '' ? '' : `: ${this.#complaint}`
      throw journalError(`${cause instanceof Error ? cause.message : String(cause)}${said}`, cause)
    }
  }

  #event(event: SourceEventName): Delivery {
    return { kind: 'event', source: this.#source, event, detail: { offset: this.offset } }
  }
}

/** The same unit of the same machine, whenever it is asked for. */
async function sourceIdOf(name: string, host: string): Promise<string> {
  const machine = await readFile('/etc/machine-id', 'utf8').catch(() => host)
  return JOURNAL_ID + createHash('sha256').update(`${machine.trim()}\0${name}`).digest('hex').slice(0, 16)
}

function journalError(message: string, cause?: unknown): TailerError {
  return new TailerError('LF_TAILER_JOURNAL', message, cause === undefined ? {} : { cause })
}
