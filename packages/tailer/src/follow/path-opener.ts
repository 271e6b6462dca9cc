import type { Delivery, ResumeToken } from '@logflow/core'
import type { Checkpoint } from '../checkpoint/checkpoint.ts'
import type { DoubtedGenerations } from '../search/doubted-generations.ts'
import type { Reopen } from '../files/drowsy-handle.ts'
import { Generation } from '../generation/generation.ts'
import type { Horizon } from '../search/horizon.ts'
import { claimKeyOf, identifyBy, type FileIdentity } from '../identity/identity.ts'
import { EarlierRun } from '../checkpoint/earlier-run.ts'
import { LeftSearch } from '../checkpoint/left-files.ts'
import { MOVING, NOTHING, type HeldGenerations, type Opened, type PathOpenerInit } from './opening.ts'
import { openAdmitted, type AdmittedFile } from '../files/open-file.ts'
import type { ResolvedFollowOptions } from '../options.ts'
import { PackedSiblings } from '../search/packed-siblings.ts'
import { Patience } from '../search/patience.ts'
import type { SharedHandle } from '../files/shared-handle.ts'
import { PostponedFile } from '../search/postponed-file.ts'
import { ReleasedContents } from '../identity/released-contents.ts'
import { beginNew, openedFileOf, resumeGenerations, type OpenedFile, type Proven } from '../checkpoint/resume.ts'
import type { ReleasedContent, RestingFile, RestingOpener } from '../resting/resting-file.ts'
import { openAgain } from '../files/reopen.ts'
import type { NamedFacts } from './rotation.ts'
import type { CopyVerdict } from '../search/claim-copy.ts'
import type { GenerationBase, OpenedSibling } from '../generation/generation-base.ts'
import { inOrderOfBirth } from '../search/missed.ts'
import { MissedGenerations, type Standing } from '../search/missed-generations.ts'
import { SourceNames } from '../identity/source-names.ts'
import { Surroundings } from '../search/surroundings.ts'
import { leaveCopy } from '../identity/taken-files.ts'

/** Opens what one path names, and decides where in it to begin and what has to be read before. */
export class PathOpener {
  readonly #init: PathOpenerInit
  readonly #base: GenerationBase
  readonly #surroundings: Surroundings
  readonly #released: ReleasedContents
  readonly #earlier: EarlierRun | undefined
  #from: ResolvedFollowOptions['from']
  /** Something of the path was given to be read: what the checkpoint says of it from then on is of this run. */
  #begun: boolean
  /** What the last run left was looked for while the path named nothing. */
  #askedForRest = false
  readonly #missed: MissedGenerations
  readonly #postponed: PostponedFile
  readonly #patience: Patience
  /** How long a copy, or what the last run left, is searched for among names that move. */
  readonly copyPatience: Patience

  /** `resting` is what an earlier one of the same path gave. */
  constructor(init: PathOpenerInit, resting?: RestingOpener) {
    const { path, options, buffer, claim, isTaken, release, parts, undecided } = init
    this.#init = init
    const { host, fileSystem } = options
    const cutting = { maxLineBytes: options.maxLineBytes, countLines: !options.raw }
    const opened = new Set<string>(resting?.opened)
    const packed = new PackedSiblings(options.clock, { host, path }, init.isReadBeside)
    const names = new SourceNames({ host, path }, init.marks)
    const reopen: Reopen = key => openAgain(key, this.#base, options.admit)
    const shared = { claim, isTaken, release, parts, undecided }
    this.#surroundings = new Surroundings({ path, fileSystem }, options.clock, resting)
    const { home } = this.#surroundings
    this.#base = { path, host, names, fileSystem, home, buffer, cutting, reopen, ...shared, opened, packed }
    this.#postponed = new PostponedFile(
      this.#base,
      opened => this.#isCopy(opened),
      file => this.#beginPostponed(file),
    )
    this.#patience = new Patience(options.clock)
    this.copyPatience = new Patience(options.clock)
    this.#earlier = options.checkpoint && new EarlierRun(options.checkpoint, { host, path })
    this.#released = new ReleasedContents(resting?.released ?? init.released)
    const [base, surroundings, released, earlier] = [this.#base, this.#surroundings, this.#released, this.#earlier]
    this.#missed = new MissedGenerations({ base, surroundings, released, earlier }, resting)
    this.#from = resting?.from ?? init.from ?? (init.first ? options.from : 'start')
    this.#begun = resting !== undefined
  }

  /** What is to be kept of it while nothing happens to the path; `undefined` while something is still to be seen. */
  rest(): RestingOpener | undefined {
    if (this.unread) return undefined
    return {
      ...this.#surroundings.rest(),
      first: this.#init.first,
      from: this.#from,
      released: this.#released.rest(),
      opened: this.#base.opened.size > 0 ? this.#base.opened : undefined,
      ...this.#missed.rest(),
    }
  }

  /** A generation that went to rest. It is opened again when it is asked something, wherever its file lies then. */
  restore({ generation }: Pick<RestingFile, 'generation'>): Generation {
    const { host, path, buffer, cutting, reopen } = this.#base
    const source = { host, path, id: generation.sourceId }
    return Generation.restore({ reopen, source, buffer, cutting }, generation)
  }

  /** Whether names moved while they were searched last, so that something may not have been found. */
  get moves(): boolean {
    return this.#missed.leftOut.moving
  }

  /** Whether the last search left out what may be needed yet. */
  get unread(): boolean {
    return this.#missed.leftOut.any || this.doubts
  }

  /** The folder is known as it was then: what is younger is still to be found, and what was empty. */
  get seen(): Horizon {
    const { seen } = this.#surroundings
    const { empty } = this.#missed.leftOut
    return empty.size > 0 ? { ...seen, awaited: empty } : seen
  }

  /**
   * Whether the next file should wait for another search, so that what came before it is read before it: names moved
   * while the folder was searched. Not for ever, as they may never stop.
   */
  looksAgain(): boolean {
    return this.#patience.waits(this.moves)
  }

  /** What the last searches found has been taken up. What is to be told of what they found. */
  settled(): readonly Delivery[] {
    this.#surroundings.settle()
    return this.#base.packed.takeNotices()
  }

  /** A copy was read. One that ends before what it was taken for did may yet become a copy of something else. */
  leave(copy: Generation): void {
    this.remember(copy)
    if (copy.offset < copy.knownSize) leaveCopy(this.#base, copy.identity, copy.offset)
  }

  /** What was read of generations that are not open any more. */
  get released(): readonly ReleasedContent[] {
    return this.#released.all
  }

  /** How far an earlier run read what the path named. */
  get tokens(): readonly ResumeToken[] {
    return this.#earlier?.tokens ?? []
  }

  /** Missed generations that may be copies of what is not open yet. */
  get doubted(): DoubtedGenerations {
    return this.#missed.doubted
  }

  /** What every generation of this path is opened with. */
  get base(): GenerationBase {
    return this.#base
  }

  /** To be called before a look at the path: until something was opened, what lies beside it is older than that. */
  lookBeside(): Promise<void> {
    if (this.#hasBegun && this.#surroundings.horizon) return Promise.resolve()
    return this.#surroundings.lookFirst(this.#missed.missing === undefined)
  }

  /** What the first look saw is followed, whatever name it has when it is opened. */
  noteFirst(named: NamedFacts | undefined): void {
    this.#missed.noteFirst(this.#from === 'end' ? undefined : named)
  }

  /**
   * Opens what the path names now, unless it is what is held, or another path's. Missed generations come first; with a
   * checkpoint, what was left of the last run comes first of all.
   *
   * @throws TailerError `LF_TAILER_OPEN`, `LF_TAILER_NOT_A_FILE`, `LF_TAILER_CHECKPOINT`; whatever `admit` throws
   */
  async openNamed(held: HeldGenerations): Promise<Opened> {
    const { path, options } = this.#init
    const awaited = await this.#postponed.ask()
    if (awaited) return this.#give({ generations: [awaited], notices: [] })
    const { undecided } = this.#base
    const open = (): Promise<AdmittedFile> => openAdmitted(path, options.admit, options.fileSystem)
    const { handle, stat, openedPath } = await undecided.open(path, open)
    let claimed: string | undefined
    try {
      const identity = await identifyBy(handle, stat)
      const key = claimKeyOf(identity)
      const isHeld = held.newest !== undefined && claimKeyOf(held.newest.identity) === key
      const read = await this.#readBefore(handle, identity)
      const verdict = isHeld ? 'yes' : read ? 'no' : await this.#isCopy({ handle, identity })
      if (verdict === 'later' && this.#postponed.hold(handle)) return NOTHING
      const fresh = !this.#base.isTaken(key)
      const isOurs = verdict === 'no' && this.#base.claim(key)
      if (isOurs && fresh) claimed = key
      undecided.decide(handle)
      if (!isOurs) {
        await handle.close()
        return NOTHING
      }
      const file = openedFileOf(this.#base, { handle, source: this.#base.names.of(identity), identity })
      const opened = await this.#begin(file, held, read)
      if (opened === 'moving') {
        if (claimed !== undefined) this.#base.release(claimed)
        await handle.close()
        return MOVING
      }
      this.#from = 'start'
      return this.#give({ ...opened, openedPath })
    } catch (error) {
      undecided.decide(handle)
      if (claimed !== undefined) this.#base.release(claimed)
      await handle.close().catch(() => {}) // closed already, by whom it had been handed to
      throw error
    }
  }

  /**
   * The path names nothing. With a checkpoint, the file that had the name may lie beside it, or may yet come back, as on a
   * disk that is mounted later: asked until it is found, or the path names something else; again when the folder `changed`.
   */
  async openRest(changed: boolean): Promise<Opened> {
    // What appears from now on was not there when following began.
    this.#from = 'start'
    const { checkpoint } = this.#init.options
    if (this.#isOfThisRun || !checkpoint || (this.#askedForRest && !changed)) return NOTHING
    this.#askedForRest = true
    const opened = await this.#resume(checkpoint, this.#base, [])
    if (opened === 'moving') return MOVING
    return opened && opened.generations.length > 0 ? this.#give(opened) : NOTHING
  }

  /** Remembers how far a file was read: one that was moved away may be moved back, one that was cut has copies. */
  remember(generation: Generation): void {
    const forgotten = this.#released.remember(generation, this.#init.options.clock.now())
    // What nobody knows any more is not to be taken for news when it is packed.
    if (forgotten) this.#surroundings.packedSince(forgotten.atMs)
  }

  /** Generations that nobody has had yet, and what was copied away before truncations. */
  async findMissed(held: readonly Generation[]): Promise<readonly Generation[]> {
    const awaited = await this.#postponed.ask()
    const missed = await this.#findMissed(awaited ? [...held, awaited] : held)
    return this.#give({ generations: awaited ? inOrderOfBirth([...missed, awaited]) : missed }).generations
  }

  /** Generations that had the name and gave it away while nothing has it now. Asked only when the folder `changed`. */
  async findPassed(held: readonly Generation[], changed: boolean): Promise<readonly Generation[]> {
    const awaited = await this.#postponed.ask()
    const search = awaited === undefined && (changed || this.doubts)
    const generations = awaited ? [awaited] : search ? await this.#findMissed(held) : []
    return this.#give({ generations }).generations
  }

  /** Whether names beside the path may have changed since this was last asked. */
  async folderChanged(): Promise<boolean> {
    const changed = await this.#surroundings.changed()
    // As long as nothing was opened the folder that is there now is home.
    if (this.#surroundings.home.away) await this.lookBeside()
    return changed
  }

  /** Whether it is still to be seen what something is that was found. */
  get doubts(): boolean {
    return this.#missed.doubted.any || this.#postponed.waits
  }

  /** Whether something was given to be read, or is held until it is known what it is. */
  get #hasBegun(): boolean {
    return this.#begun || this.#missed.doubted.any
  }

  /** Whether what the checkpoint says of the path may have been acknowledged by this run. */
  get #isOfThisRun(): boolean {
    return this.#hasBegun || this.#init.released !== undefined
  }

  #give<T extends Pick<Opened, 'generations'>>(opened: T): T {
    this.#begun ||= opened.generations.length > 0
    return opened
  }

  /** Closes what nobody was given. */
  async close(): Promise<void> {
    await this.#missed.doubted.close()
    await this.#postponed.close()
  }

  /** The file as an earlier run has read it, if this one has not. */
  async #readBefore(handle: SharedHandle, identity: FileIdentity): Promise<Proven | undefined> {
    const { host, path, isTaken } = this.#base
    if (!this.#earlier) return undefined
    const file = openedFileOf(this.#base, { handle, source: { host, path, id: identity.id }, identity })
    const own = this.#isOfThisRun ? undefined : await this.#earlier.prove(file)
    return own ?? (isTaken(claimKeyOf(identity)) ? undefined : this.#earlier.proveMoved(file))
  }

  /** `read` is the file, where an earlier run has read it. */
  async #begin(file: OpenedFile, held: HeldGenerations, read: Proven | undefined): Promise<Opened | 'moving'> {
    const back = await this.#takeBack(file, held)
    if (back) return { generations: [back], notices: [] }
    const resumed = this.#isOfThisRun ? undefined : await this.#resumeNamed(file, held.held, read)
    return resumed ?? this.#beginNew(file, held.held, read)
  }

  /** What lingers, or was read before, and has its name back. */
  async #takeBack(file: OpenedFile, { takeBack }: HeldGenerations): Promise<Generation | undefined> {
    const lingering = takeBack(claimKeyOf(file.identity))
    if (lingering) await file.handle.close()
    return lingering ?? (this.#released.all.length > 0 ? this.#released.takeBack(file) : undefined)
  }

  async #resumeNamed(
    file: OpenedFile,
    held: readonly Generation[],
    read: Proven | undefined,
  ): Promise<Opened | 'moving' | undefined> {
    if (!this.#earlier) return undefined
    const known = read ?? (await this.#earlier.copied(file))
    return known || this.#earlier.knowsPath ? this.#resume(this.#earlier.checkpoint, file, held, known) : undefined
  }

  /** A copy of what an earlier run read goes on from there, whatever else was thought of it first. */
  async #beginPostponed(file: OpenedFile): Promise<Generation> {
    const copied = this.#isOfThisRun ? undefined : await this.#earlier?.copied(file)
    return copied?.generation ?? Generation.open({ ...file, offset: 0 })
  }

  async #beginNew(file: OpenedFile, held: readonly Generation[], read: Proven | undefined): Promise<Opened> {
    const { checkpoint } = this.#init.options
    const begin = { from: this.#from, seen: this.#surroundings.seen }
    const named = read?.generation ?? (await beginNew(checkpoint, file, begin))
    const isUntouched = !this.doubts && !this.#missed.missing && (await this.#surroundings.isAsFirstSeen())
    if (isUntouched) this.#missed.noteNothing()
    const missed = isUntouched ? [] : await this.#missed.findBeside(held, { rest: [], next: named }, this.#standing)
    return { generations: [...missed, named], notices: [] }
  }

  /** What the last run left, then what came and went since, then what has the name; asked again while names move. */
  async #resume(
    checkpoint: Checkpoint,
    file: OpenedFile | GenerationBase,
    held: readonly Generation[],
    read?: Proven,
  ): Promise<Opened | 'moving' | undefined> {
    const search = new LeftSearch(checkpoint, this.copyPatience, this.#init.options)
    const resumed = await resumeGenerations(checkpoint, file, search, read)
    if (resumed === 'moving') this.#missed.noteMoving()
    if (!resumed || resumed === 'moving') return resumed
    const { rest, next, notices } = resumed
    const { horizon } = this.#surroundings
    this.#missed.missing = resumed.missing
    // Until something newer is acknowledged the next run has to look for the same.
    if (this.#missed.missing) this.#surroundings.goBackTo(this.#missed.missing.horizon)
    const missed = this.#missed.missing ? await this.#missed.findBeside(held, resumed, this.#standing) : []
    // Of what still is under its name nothing is missing once that was searched; thousands of files keep no more.
    if (resumed.proven && !this.unread) {
      this.#missed.missing = undefined
      this.#surroundings.countFrom(horizon)
    }
    return { generations: [...rest, ...missed, ...(next ? [next] : [])], notices }
  }

  get #standing(): Standing {
    return { begun: this.#hasBegun, doubts: this.doubts }
  }

  #findMissed(held: readonly Generation[]): Promise<Generation[]> {
    return this.#missed.find(held, this.#standing)
  }

  #isCopy(opened: OpenedSibling): Promise<CopyVerdict> {
    const { first, isCopy } = this.#init
    const isFirst = first && !this.#hasBegun
    return isFirst && !this.#earlier?.hasFollowed ? Promise.resolve('no') : isCopy(opened, isFirst)
  }
}
