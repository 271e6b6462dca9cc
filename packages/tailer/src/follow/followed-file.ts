import type { Delivery } from '@logflow/core'
import { eventOf } from '../events.ts'
import { openingOf, type FollowContext } from './follow-context.ts'
import { Failures, readFailure } from './failures.ts'
import { isVanished } from '../errors.ts'
import type { Generation } from '../generation/generation.ts'
import { GenerationQueue } from '../generation/generation-queue.ts'
import { Glance } from '../files/glance.ts'
import { claimKeyOf } from '../identity/identity.ts'
import { Lingering } from '../generation/lingering.ts'
import { Notes } from '../checkpoint/notes.ts'
import type { Opened } from './opening.ts'
import { PathOpener } from './path-opener.ts'
import type { FollowedFileInit, RestingFile } from '../resting/resting-file.ts'
import { Quiet } from './quiet.ts'
import { Standing } from './standing.ts'
import { Turns } from './turns.ts'
import { lookAt, type NamedFacts } from './rotation.ts'
import { isNamedOneOf } from '../search/missed-generations.ts'
import { claimCopy, type CopyVerdict, type ReadContents } from '../search/claim-copy.ts'
import type { OpenedSibling } from '../generation/generation-base.ts'
import { afterDeletion, afterTruncation } from '../search/truncation.ts'

/**
 * One path that is followed, and every generation that was found under it and is not done yet. `observe` looks at the
 * path and opens what is new there, at once, so that a rotation is not missed while nobody reads; `step` reads.
 * Neither runs while the other does.
 */
export class FollowedFile {
  readonly path: string
  readonly quiet: Quiet
  /** As which it claims what it reads. */
  readonly owner: number
  readonly #context: FollowContext<FollowedFile>
  readonly #opener: PathOpener
  readonly #queue: GenerationQueue
  readonly #lingering: Lingering
  readonly #standing: Standing
  readonly #glance: Glance
  readonly #notes: Notes
  readonly #turns = new Turns()
  /** What was told of the path since it was last looked at. */
  #heard: 'nothing' | 'growth' | 'rename' = 'nothing'
  readonly #failures: Failures
  #notices: Delivery[] = []
  #closed = false

  /** `first`: it is taken up as following begins. `resting` is what an earlier one of the same path gave. */
  constructor(path: string, context: FollowContext<FollowedFile>, { first, from, resting, gone }: FollowedFileInit) {
    this.path = path
    this.#context = context
    const { options } = context
    this.owner = resting?.owner ?? gone?.owner ?? context.claims.newOwner()
    this.#opener = new PathOpener(
      openingOf(path, context, { owner: this.owner, first, from, released: gone?.released }),
      resting?.opener,
    )
    this.quiet = new Quiet(options, resting)
    this.#notes = new Notes(options.checkpoint)
    this.#failures = new Failures(path, options)
    this.#glance = new Glance(path, options.fileSystem, resting?.glance)
    this.#lingering = new Lingering(options.clock, options.lingerMs)
    this.#queue = new GenerationQueue(this.#lingering)
    const [queue, lingering, quiet, { home }] = [this.#queue, this.#lingering, this.quiet, this.#opener.base]
    const wake = (): void => context.wake(this)
    this.#standing = new Standing({ queue, lingering, quiet, home, clock: options.clock, wake })
    if (resting) this.#queue.add([this.#opener.restore(resting)])
  }

  /** What is to be kept of it while nothing happens; it is of no use any more then. `undefined` while something does. */
  rest(): RestingFile | undefined {
    if (!this.#turns.idle || !this.rests || this.#closed || this.#heard !== 'nothing') return undefined
    if (this.#notices.length > 0 || this.#failures.any || !this.#context.options.watch) return undefined
    const generation = this.#queue.head?.rest()
    const opener = generation && this.#opener.rest()
    const glance = this.#glance.last
    if (!opener || glance === undefined) return undefined
    this.#closed = true
    return { owner: this.owner, generation, opener, mtimeNs: this.quiet.mtimeNs, glance }
  }

  /** Whether nothing is held for this path. */
  get idle(): boolean {
    return this.#queue.held.length === 0 && !this.#opener.doubts
  }

  /** What is open here, and what was read and is not open any more. */
  get read(): ReadContents {
    return { held: this.#queue.held, released: this.#opener.released }
  }

  /** Whether the last look, or the last read, failed. */
  get failed(): boolean {
    return this.#failures.any
  }

  /**
   * Whether a file is a copy of what is read here, as copytruncate makes one; of a `first` one, or of what an earlier run
   * read. If so it is this file's from now on.
   */
  claimCopy(opened: OpenedSibling, first: boolean): Promise<CopyVerdict> {
    return this.#turns.take(async () => {
      // What is asleep may have been cut, and what has the name may not be open yet.
      this.#queue.stir()
      const { held } = this.#queue
      const writtenMs = this.#context.options.clock.now() - this.#lingering.ms
      const tokens = first ? this.#opener.tokens : []
      const verdict = await claimCopy(opened, { ...this.read, tokens, writtenMs }, this.#opener.base)
      return verdict === 'no' && !(await isNamedOneOf(held, this.#opener.base)) ? 'later' : verdict
    })
  }

  /** Looks at the path; wakes the reader when there is something to do. */
  observe(): Promise<void> {
    return this.#turns.take(async () => {
      await this.#observe()
      const { away } = this.#opener.base.home
      if ((!away && this.#queue.newest?.comeBack()) || this.#standing.waits) this.#context.wake(this)
      if (this.#context.mustSpare()) await this.#queue.doze(this.quiet)
    })
  }

  /** Whether a look is worth its price: a quick question that most of thousands of files answer with no. */
  mayHaveChanged(): boolean {
    return this.#glance.changed() || this.#standing.asks || this.#failures.any
  }

  /** Whether it is closed and nothing of it is awaited: what is written to it is heard of. */
  get rests(): boolean {
    return this.#standing.rests
  }

  /** Whether time alone brings something about. */
  get waits(): boolean {
    return this.#standing.waits
  }

  /** Reads a little: at most one batch of each generation that has something. Wakes itself when more is likely. */
  step(): Promise<readonly Delivery[]> {
    return this.#turns.take(() => this.#step())
  }

  /** What is held back of open last lines, as they are. */
  flush(): Promise<readonly Delivery[]> {
    return this.#turns.take(async () => this.#queue.held.flatMap(generation => this.#notes.flushed(generation)))
  }

  /** Closes every handle. */
  close(): Promise<void> {
    this.#closed = true
    return this.#turns.take(() => this.#close())
  }

  /** Closes it if nothing is held for the path by then; says whether it did. */
  closeIfIdle(): Promise<boolean> {
    return this.#turns.take(async () => {
      this.#closed ||= this.idle
      if (this.#closed) await this.#close()
      return this.#closed
    })
  }

  async #close(): Promise<void> {
    for (const generation of this.#queue.clear()) await generation.close()
    await this.#opener.close()
  }

  async #observe(): Promise<void> {
    if (this.#closed) return
    this.#heard = 'nothing'
    try {
      await this.#opener.lookBeside()
      // Before the look: what changes during it is seen by the next glance.
      if (this.#context.options.watch) this.#glance.changed()
      const named = await lookAt(this.path, this.#context.options.fileSystem)
      this.#glance.hold(named !== undefined)
      this.#opener.noteFirst(named)
      // A file that another path of this follow reads under its own name is not ours.
      const isOurs = named && this.#context.claims.mayBeOf(this.owner, named)
      const again = this.#standing.rescan
      this.#standing.rescan &&= this.#queue.isFull
      await this.#settle(isOurs ? named : undefined, again)
      this.#notices.push(...this.#opener.settled())
      if (this.#notices.length > 0) this.#context.wake(this)
      if (this.#opener.unread || this.#queue.newest?.gone) this.#standing.rescan = true
      if (this.#standing.mayDrowse) await this.#queue.head?.drowse()
      this.#failures.clear('look')
    } catch (error) {
      // What was being searched for may lie there yet, and the folder need not change again.
      this.#standing.rescan = true
      // Gone between two questions: the next look tells more.
      if (!isVanished(error)) this.#fail('look', error)
    }
  }

  /** Brings what is held in line with what the path names; `again`: searches, although the folder is as it was. */
  async #settle(named: NamedFacts | undefined, again: boolean): Promise<void> {
    const { newest } = this.#queue
    const verdict = await this.#standing.judge(named)
    let gone = verdict === 'gone'
    switch (verdict) {
      case 'born':
      case 'pending':
      case 'replaced':
        // A name that another's file has, or a copy, is as good as none for the file that had it.
        if (!this.#queue.isFull) gone = !(await this.#openNamed()) && newest !== undefined
        break
      case 'same':
        await this.#standing.noticeGrowth(newest as Generation, named as NamedFacts)
        if (again || (await this.#opener.folderChanged())) await this.#openMissed(newest as Generation)
        break
      case 'gone':
      case 'absent':
      case 'truncated':
        await this.#takeUpPassed(again)
        break
      case 'away':
        break
    }
    if (this.quiet.noteGone(gone)) this.#context.wake(this)
  }

  /** The name is free: generations may have had it since the last look. */
  async #takeUpPassed(again: boolean): Promise<void> {
    if (this.#queue.isFull) return
    const changed = again || (await this.#opener.folderChanged())
    if (this.#queue.length === 0) this.#takeUp(await this.#opener.openRest(changed))
    this.#takeUp({ generations: await this.#opener.findPassed(this.#queue.held, changed) })
  }

  /** Whether there was anything to open. */
  async #openNamed(): Promise<boolean> {
    const rotated = !this.idle
    const opened = await this.#opener.openNamed(this.#queue)
    this.#standing.rescan = rotated && opened.generations.length > 0
    this.#takeUp(opened)
    if (opened.openedPath !== undefined) await this.#context.listenTo(this.path, opened.openedPath)
    return opened.generations.length > 0
  }

  /** A folder in motion may have been listed without some of its files: looks once more. */
  async #openMissed(newest: Generation): Promise<void> {
    // Each that waits to be read makes a search dearer.
    if (this.#queue.isFull && !this.#opener.moves) return void (this.#standing.rescan = true)
    // Cut meanwhile: then what lies beside it is its own, not a generation that was missed.
    if (newest === this.#queue.head && !(await newest.holds())) return this.#restart(newest, this.#notices)
    for (const generation of await this.#opener.findMissed(this.#queue.held)) {
      this.#queue.insertByBirth(generation)
      this.#describe([generation])
      this.#context.wake(this)
    }
  }

  #takeUp({ generations, notices = [], again = false }: Pick<Opened, 'generations'> & Partial<Opened>): void {
    this.#notices.push(...notices)
    this.#queue.add(generations)
    if (generations.length > 0) this.quiet.begin((generations.at(-1) as Generation).identity.mtimeNs)
    this.#describe(generations)
    if (again || generations.length + notices.length > 0) this.#context.wake(this)
  }

  #describe(generations: readonly Generation[]): void {
    for (const generation of generations)
      this.#notes.describe(generation, this.#opener.seen, this.#queue.after(generation))
  }

  async #step(): Promise<readonly Delivery[]> {
    if (this.#closed) return []
    const items = this.#notices.splice(0)
    const { head } = this.#queue
    try {
      // What came before it is read before it.
      const later = head?.announced === false && this.#opener.looksAgain()
      if (later) this.#standing.searchAgain()
      await (!head || later ? this.#observe() : this.#readHead(head, items))
      await this.#readLingering(items)
      if (this.#context.mustSpare()) await this.#queue.doze(this.quiet)
      this.#failures.clear('read')
    } catch (cause) {
      this.#fail('read', readFailure(this.path, cause)) // the next look tries again; what was read is not lost
    }
    return items
  }

  async #readHead(head: Generation, items: Delivery[]): Promise<void> {
    const askedMs = this.#context.options.clock.monotonicMs()
    const step = await head.step()
    if (!head.announced && step.kind !== 'changed') {
      head.announced = true
      items.push({ kind: 'event', source: head.source, event: 'opened', detail: { offset: head.startOffset } })
    }
    switch (step.kind) {
      case 'bytes':
        this.quiet.end()
        this.#notes.take(head, step.items, items)
        return this.#context.wake(this)
      case 'changed':
        return this.#restart(head, items)
      case 'end':
        if (!this.#queue.next) this.quiet.noteEnd()
        if (this.#context.options.partialLines && head.holdsLine) items.push(...this.#notes.openLine(head))
        return this.#atEnd(head, items, askedMs)
    }
  }

  /** Everything of the head is read, as of `nowMs`: goes on to the next generation when it is time. */
  async #atEnd(head: Generation, items: Delivery[], nowMs: number): Promise<void> {
    // Its disk may be back before the next look, with everything as it was at the last one.
    if (head.gone && !(await this.#standing.isHere())) return void (this.#standing.rescan = true)
    const copy = head.gone ? await afterDeletion(head, this.#opener) : undefined
    if (copy === 'moving') return this.#standing.searchAgain()
    if (copy) {
      this.#context.wake(this)
      this.#queue.replaceHead(copy)
      return this.#release(head)
    }
    const { next } = this.#queue
    if (!next) {
      await this.#observe()
      if (this.quiet.isGone && this.quiet.goneMsAt(nowMs) >= this.#lingering.ms) await this.#letGo(head, items)
      return
    }
    if (head.copy) return this.#leaveCopy(head, items)
    // An empty successor may mean that the writer still has the old file open.
    const early = this.#queue.length === 2 && this.quiet.msAt(nowMs) < this.#lingering.ms
    if (early && next.knownSize === 0 && (await next.size()) === 0) return
    items.push(...this.#notes.flushed(head), eventOf(head, 'rotated', { to: next.source.id }))
    this.#notes.rotated(head, this.#context.options.clock.now())
    this.#queue.shift()
    this.#context.wake(this)
    await this.#lingering.add(head, next)
  }

  /** The copy that was made before a truncation is read: now the truncation is told. */
  async #leaveCopy(copy: Generation, items: Delivery[]): Promise<void> {
    items.push(...this.#notes.flushed(copy), ...this.#notes.cutOff(copy, this.#queue.next))
    this.#queue.shift()
    this.#context.wake(this)
    this.#opener.leave(copy)
    await copy.close()
  }

  /** The name is gone and its file has been quiet: the handle would only keep the disk full. */
  async #letGo(head: Generation, items: Delivery[]): Promise<void> {
    this.quiet.noteGone(false)
    items.push(...this.#notes.ended(head))
    this.#queue.shift()
    await this.#release(head)
  }

  async #release(generation: Generation): Promise<void> {
    this.#opener.remember(generation)
    // Without a birth time the next file in this inode would pass for this one.
    if (generation.identity.birthNs === 0n) this.#context.claims.release(claimKeyOf(generation.identity))
    await generation.close()
  }

  /** The file was truncated, and may have grown again: what is left of the old content, then a new generation. */
  async #restart(head: Generation, items: Delivery[]): Promise<void> {
    if (head.copy) return this.#leaveCopy(head, items)
    const after = await afterTruncation(head, this.#opener, this.#queue.held)
    if (!after) return this.#standing.searchAgain()
    const { copy, delivered, missed, next } = after
    const { offset } = head
    this.#context.options.logger.info({ event: 'source.truncated', path: this.path, offset, copy: copy !== undefined })
    if (!copy && (!delivered || head.announced)) {
      items.push(...this.#notes.flushed(head), ...this.#notes.cutOff(head, next, delivered))
    }
    this.#queue.cutHead(after)
    this.#describe([...missed, next])
    this.#context.wake(this)
  }

  async #readLingering(items: Delivery[]): Promise<void> {
    const { late, done } = await this.#lingering.step(this.#opener.base.home.away)
    for (const found of late) this.#notes.take(found.generation, found.items, items)
    if (late.length > 0) this.#context.wake(this)
    for (const generation of done) {
      items.push(...this.#notes.ended(generation))
      await this.#release(generation)
    }
  }

  /** Tells of a failure once, until it changes or goes away. */
  #fail(doing: 'look' | 'read', error: unknown): void {
    const told = this.#failures.tell(doing, error, this.#queue.newest?.source)
    if (told) this.#takeUp({ generations: [], notices: [told] })
  }

  /** Something may have happened to the path, or, `renamed`, to what it names. */
  hear(renamed: boolean): void {
    // A rename is looked at now, even while nobody reads: the next one may come before the consumer does.
    if (renamed && this.#heard !== 'rename') this.observe().catch(() => {})
    if (this.#heard !== 'rename') this.#heard = renamed ? 'rename' : 'growth'
    this.#context.wake(this)
  }
}
