import { dirname } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { Delivery } from '@logflow/core'
import { Beginnings } from './beginnings.ts'
import { CopyQuestions } from './copy-questions.ts'
import { Claims } from '../identity/claims.ts'
import { ReadBuffer } from '../files/file-reader.ts'
import type { FollowContext } from './follow-context.ts'
import type { FollowedFile } from './followed-file.ts'
import { FollowNotices } from './follow-notices.ts'
import { FollowedFiles } from './followed-files.ts'
import { hasMagic, unescapeGlob } from '../names/glob-pattern.ts'
import { isJournal } from '../journal/journal-unit.ts'
import { targetOf, type Target } from '../names/pattern-target.ts'
import { Marks } from '../identity/marks.ts'
import { resolveFollowOptions, type FollowOptions, type ResolvedFollowOptions } from '../options.ts'
import { errorDetail } from '../events.ts'
import { lookAt, type NamedFacts } from './rotation.ts'
import { StillFiles } from './still-files.ts'
import { FollowedStreams } from '../streams/followed-streams.ts'
import { UndecidedFiles } from '../files/undecided-files.ts'
import { Wakeup } from './wakeup.ts'
import { DirectoryWatch } from '../files/watch.ts'

/**
 * Every file that the patterns match, now and later, as it grows: through rename, copy-and-truncate, deletion and
 * re-creation, and, with a checkpoint, through restarts. A file is read only as the consumer asks, one batch at a time
 * in turn, so that neither a backlog nor a busy file fills the memory or starves the others.
 *
 * Each generation of a file is a source of its own, with offsets and lines from its start: `opened`, its lines,
 * `rotated` or `truncated`, perhaps late lines of a writer that had not moved on, `ended`. The old generation is read
 * to its end before the new one begins. Bytes that are known to be lost are a gap.
 *
 * Ends never, unless `once` is set; an aborted `signal` makes it throw the signal's reason. Leaving the loop closes
 * every handle.
 *
 * @throws TailerError `LF_TAILER_GLOB` on a malformed pattern
 */
export function follow(
  paths: string | readonly string[],
  options: FollowOptions = {},
): AsyncIterableIterator<Delivery, void, undefined> {
  const group = new FollowGroup(typeof paths === 'string' ? [paths] : paths, resolveFollowOptions(options))
  const items = group.deliveries()
  return {
    next: () => items.next(),
    // A generator alone would end only after the wait it is in, which may be for ever.
    return: () => {
      group.stop()
      return items.return()
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

/**
 * {@link follow} from the end of what is there now: what `tail -F` shows, as batches.
 *
 * @throws TailerError `LF_TAILER_GLOB` on a malformed pattern
 */
export function tail(
  paths: string | readonly string[],
  options: Omit<FollowOptions, 'from'> = {},
): AsyncIterableIterator<Delivery, void, undefined> {
  return follow(paths, { ...options, from: 'end' })
}

/** After a delivery the next round comes this much later: a busy writer's lines then travel together. */
const HOT_MS = 5
/** Files of which it is written down in one go where following begins: of more the memory would notice. */
const BEGUN_TOGETHER = 128
/** Files that are asked whether they can be laid to rest, where too many are open. */
const SURPLUS = 32
/** Files that may wait for their turn where few of those that are there are to be read; where all are, a fourth of them. */
const WAITING = 48
/** Files that are glanced at before others get their turn. */
const GLANCES = 250
/** Claims beyond this are looked through for files that are gone. */
const PRUNE_CLAIMS = 10_000

class FollowGroup {
  readonly #patterns: readonly string[]
  readonly #targets: readonly Target[]
  readonly #options: ResolvedFollowOptions
  readonly #context: FollowContext<FollowedFile>
  readonly #watch: DirectoryWatch
  readonly #files: FollowedFiles
  readonly #streams: FollowedStreams
  #ready = new Set<FollowedFile>()
  readonly #wakeup = new Wakeup()
  readonly #stopped = new AbortController()
  readonly #notices: FollowNotices
  #discoverNow = false
  /** What was there when following began is still being taken up. */
  #beginning: AsyncGenerator<void, void, undefined> | undefined
  /** Whether every pattern's folder tells of new names. */
  #hearsOfNames = false
  readonly #discoveries = { begun: 0, ended: 0 }
  readonly #beginnings: Beginnings
  readonly #stillFiles: StillFiles
  readonly #copies: CopyQuestions
  #deliveredMs = -Infinity

  constructor(patterns: readonly string[], options: ResolvedFollowOptions) {
    this.#options = options
    const journals = options.streams ? patterns.filter(isJournal) : []
    this.#patterns = patterns.filter(pattern => !journals.includes(pattern))
    this.#streams = new FollowedStreams(journals, options, () => this.#wakeup.wake())
    this.#notices = new FollowNotices(this.#patterns, options)
    this.#watch = new DirectoryWatch(
      (path, error) => {
        options.logger.warn({ event: 'directory.unwatched', path, pollMs: options.pollMs, err: error })
      },
      { enabled: options.watch, fileSystem: options.fileSystem },
    )
    this.#context = {
      options,
      buffer: new ReadBuffer(options.batchBytes, { lends: options.raw }),
      claims: new Claims(),
      marks: new Marks(options.clock),
      undecided: new UndecidedFiles(),
      isCopy: (path, opened, first) => this.#copies.ask(path, opened, first),
      isReadBeside: (path, opened) => this.#files.isReadBeside(path, opened),
      mustSpare: () => this.#files.mustSpare(this.#beginning !== undefined),
      listenTo: (path, openedPath) => this.#files.listenTo(path, openedPath),
      wake: file => {
        this.#ready.add(file)
        this.#wakeup.wake()
      },
    }
    this.#beginnings = new Beginnings(options)
    this.#files = new FollowedFiles(this.#context, this.#watch)
    this.#stillFiles = new StillFiles(this.#context, this.#files)
    this.#copies = new CopyQuestions(this.#context, this.#files, this.#discoveries, () => {
      this.#discoverNow = true
      this.#wakeup.wake()
    })
    this.#targets = this.#patterns.map(pattern => targetOf(pattern, options, path => this.#isTakenUp(path)))
  }

  /** Everything, until the end; closes every handle then. */
  async *deliveries(): AsyncGenerator<Delivery, void, undefined> {
    const { signal } = this.#options
    try {
      signal?.throwIfAborted()
      this.#streams.begin()
      await this.#begin()
      if (this.#options.discover) this.#watchPatterns()
      this.#lookAgain().catch(() => {}) // ends with the group
      for (;;) {
        yield* this.#notices.take()
        yield* this.#files.announcements()
        // Whoever becomes ready meanwhile has its turn in the next round.
        for (const file of [...this.#ready]) {
          this.#takeReady(file)
          for (const item of await file.step()) {
            this.#deliveredMs = this.#options.clock.monotonicMs()
            yield item
            signal?.throwIfAborted()
          }
          this.#context.buffer.takeBack()
          this.#layToRest(file)
        }
        for (const item of this.#streams.step()) {
          this.#deliveredMs = this.#options.clock.monotonicMs()
          yield item
          signal?.throwIfAborted()
        }
        if (this.#files.crowded) await this.#restSurplus(SURPLUS)
        if (this.#beginning && !this.#isFull) await this.#begin()
        else if (await this.#rest()) break
      }
      this.#files.wakeHolding()
      for (const file of this.#files.awake) yield* await file.flush()
    } finally {
      await this.#close()
    }
  }

  /** Ends the deliveries at the next step, also while they wait. */
  stop(): void {
    this.#stopped.abort()
    this.#wakeup.wake()
  }

  /** Between two rounds: waits when nothing is ready. True when it is over. */
  async #rest(): Promise<boolean> {
    const { signal, once, clock } = this.#options
    signal?.throwIfAborted()
    if (this.#discoverNow && !this.#beginning)
      await this.#discover().catch((error: unknown) => this.#notices.unlisted(error))
    if (this.#stopped.signal.aborted) return true
    if (this.#ready.size > 0 || this.#notices.any || this.#files.hasAnnouncements) return false
    if (this.#streams.ready) return false
    if (once && !this.#streams.pending) return true
    // The background looks set the pace; this wait has no end of its own.
    await this.#wakeup.wait(undefined, clock, signal)
    const sinceMs = clock.monotonicMs() - this.#deliveredMs
    if (sinceMs < HOT_MS) await clock.sleep(HOT_MS - sinceMs, { signal: this.#stopped.signal }).catch(() => {})
    return this.#stopped.signal.aborted
  }

  async #close(): Promise<void> {
    this.stop()
    this.#watch.close()
    await this.#streams.close()
    for (const file of this.#files.awake) await file.close()
  }

  /** Looks at everything every `pollMs`, also while the consumer is busy: a rotation does not wait for it. */
  async #lookAgain(): Promise<void> {
    const { clock, pollMs, discover, watch } = this.#options
    for (let look = 0; ; look++) {
      await clock.sleep(pollMs, { signal: this.#stopped.signal })
      this.#watch.retry()
      await this.#streams.look()
      const share = this.#files.restingShare
      let asked = 0
      for (const file of this.#files.awake) {
        // Without watching the files may lie on another machine, and a quick question may take for ever.
        if (!watch || file.mayHaveChanged()) await file.observe()
        this.#layToRest(file)
        if (++asked % GLANCES === 0) await setImmediate()
      }
      for (let left = Math.ceil(this.#files.resting / share); left > 0; left -= GLANCES) {
        for (const file of this.#files.changed(Math.min(left, GLANCES))) await file.observe()
        await setImmediate()
      }
      if (this.#files.crowded) await this.#restSurplus(GLANCES)
      if (discover && (!this.#hearsOfNames || look % share === 0)) this.#discoverNow = true
      if (this.#discoverNow || this.#ready.size > 0) this.#wakeup.wake()
    }
  }

  /** A set from which thousands were deleted keeps them in memory, until all of the heap is looked through. */
  #takeReady(file: FollowedFile): void {
    this.#ready.delete(file)
    if (this.#ready.size === 0) this.#ready = new Set()
  }

  /** Keeps little of a file to which nothing happens. */
  #layToRest(file: FollowedFile): void {
    if (!this.#ready.has(file)) this.#files.rest(file)
  }

  #watchPatterns(): void {
    this.#hearsOfNames = true
    for (const pattern of this.#patterns) {
      const directory = dirname(pattern)
      if (hasMagic(directory)) this.#hearsOfNames = false
      if (!hasMagic(pattern) || hasMagic(directory)) continue
      this.#watch.addDirectory(unescapeGlob(directory), renamed => {
        if (!renamed) return
        this.#discoverNow = true
        this.#wakeup.wake()
      })
    }
  }

  /** Takes up what is there when following begins, or goes on with that. */
  async #begin(): Promise<void> {
    this.#beginning ??= this.#discovery(true)
    if ((await this.#beginning.next()).done) this.#beginning = undefined
  }

  /** Takes up what came since. */
  async #discover(): Promise<void> {
    for await (const _ of this.#discovery(false));
    await this.#forgetGone()
  }

  /** Whether so many files wait to be read that no more are opened. */
  get #isFull(): boolean {
    return this.#files.crowded && this.#ready.size > (this.#options.from === 'start' ? WAITING / 4 : WAITING)
  }

  async #restSurplus(tries: number): Promise<void> {
    for (const file of await this.#files.restSurplus(tries)) this.#takeReady(file)
  }

  /** Takes up what the patterns match and is not followed yet. Pauses when it is full. */
  async *#discovery(first: boolean): AsyncGenerator<void, void, undefined> {
    this.#discoverNow = false
    this.#discoveries.begun++
    const resumes = (this.#options.checkpoint?.size ?? 0) > 0
    for (const { pattern, sure, matches } of this.#targets) {
      let found = sure
      for await (const { prefix, names } of matches()) {
        found ||= names.length > 0
        // A copy is known only when the file that it was made of is. What is there at first is wanted in any case, if nobody
        // followed it before.
        const fresh = (): string[] => [...names].filter(name => !this.#isTakenUp(prefix + name))
        const inOrder = first && !resumes ? names : fresh().sort((a, b) => a.length - b.length)
        let begun = 0
        for (const name of inOrder) {
          await this.#takeUp(prefix + name, { first, sure })
          if (++begun % BEGUN_TOGETHER === 0) await this.#writeBegun()
          if (this.#files.crowded) await this.#restSurplus(SURPLUS)
          if (!first || !this.#isFull) continue
          await this.#beginnings.pause(this.#targets, path => this.#isTakenUp(path))
          await this.#writeBegun()
          yield
        }
      }
      if (first && !found) this.#notices.missing(pattern)
    }
    await this.#writeBegun()
    this.#discoveries.ended++
    this.#notices.listed()
  }

  #isTakenUp(path: string): boolean {
    return this.#files.has(path) || this.#streams.has(path)
  }

  async #takeUp(path: string, { first, sure }: { first: boolean; sure: boolean }): Promise<void> {
    if (this.#isTakenUp(path)) return
    const named = sure ? undefined : await lookAt(path, this.#options.fileSystem).catch(() => undefined)
    if (!sure && !this.#isOfItsOwn(path, named)) return
    if (this.#files.size >= this.#options.maxGlobTargets) return this.#notices.limited(path)
    if (first && named && !this.#beginnings.paused && (await this.#stillFiles.takeUp(path, named))) return
    return this.#add(path, { first, sure })
  }

  async #add(path: string, { first, sure }: { first: boolean; sure: boolean }): Promise<void> {
    const file = this.#files.add(path, await this.#beginnings.of(path, first))
    await file.observe()
    if (sure && file.idle && (await this.#takeUpFifo(file))) return
    if (first && sure && file.idle && !file.failed) this.#notices.missing(path)
    // It wanted to tell that it is there: that is told of one at rest, too.
    if (this.#files.rest(file)) this.#takeReady(file)
  }

  /** Whether there is a file that is neither a rotated one under its new name, nor a link to one that is followed. */
  #isOfItsOwn(path: string, named: NamedFacts | undefined): boolean {
    return named?.isFile === true && this.#context.claims.mayBeOf(this.#files.goneOf(path)?.owner, named)
  }

  /** A fifo where a file was awaited: it is read as a stream. */
  async #takeUpFifo(file: FollowedFile): Promise<boolean> {
    if (!(await this.#streams.takeUpFifo(file.path))) return false
    await file.close()
    this.#files.delete(file.path)
    return true
  }

  async #writeBegun(): Promise<void> {
    await this.#options.checkpoint?.begun().catch((error: unknown) => this.#notices.unwritten(error))
  }

  /** Files that a wildcard found, that are gone and read, need no entry. */
  async #forgetGone(): Promise<void> {
    const literal = new Set(this.#patterns.filter(pattern => !hasMagic(pattern)).map(unescapeGlob))
    for (const file of this.#files.awake) {
      const { path } = file
      if (!file.idle) continue
      if (literal.has(path)) await this.#takeUpFifo(file)
      if (literal.has(path) || (await lookAt(path, this.#options.fileSystem).catch(errorDetail))) continue
      if (await file.closeIfIdle()) this.#files.delete(path)
    }
    if (this.#context.claims.size > PRUNE_CLAIMS + this.#files.size * 4) {
      this.#context.claims.prune(this.#files.owners)
    }
  }
}
