import { basename, dirname, join } from 'node:path'
import type { Delivery } from '@logflow/core'
import { claimingAs, type FollowContext } from './follow-context.ts'
import { FollowedFile } from './followed-file.ts'
import { glanceAt } from '../files/glance.ts'
import type { FollowedFileInit, GoneFile, RestingFile } from '../resting/resting-file.ts'
import { RestingFiles } from '../resting/resting-files.ts'
import type { DirectoryWatch } from '../files/watch.ts'
import { isRotatedName } from '../names/rotated-names.ts'
import { claimCopy, holdsAnyOf, type CopyVerdict } from '../search/claim-copy.ts'
import type { OpenedSibling } from '../generation/generation-base.ts'

/** Paths whose files are recognised when they come back. */
const MAX_GONE = 1000
/** Of more files that are open those are closed that stand still, also before `idleMs`. */
const OPEN_FILES = 32
/** Files at rest that are glanced at in one look; all of them have had their turn after {@link RECONCILE_MS}. */
const RESTING = 300
/** A change that the system did not tell of is seen this much later, in a file at rest among thousands. */
const RECONCILE_MS = 60_000
/** When nothing could be closed it is tried again this much later. */
const RETRY_MS = 1000

/** A folder in which something may be heard of followed paths. */
interface HeardFolder {
  /** How many of them. */
  files: number
  readonly end: () => void
  /** Paths that a name in the folder concerns, where it is another one than theirs. */
  readonly others: Map<string, Set<string>>
}

/**
 * The files of one follow. Few are awake at any time, each a {@link FollowedFile} with all that it needs; the others
 * are at rest, a record each, and one listener per folder tells which of them something has happened to.
 */
export class FollowedFiles {
  readonly #context: FollowContext<FollowedFile>
  readonly #watch: DirectoryWatch
  #awake = new Map<string, FollowedFile>()
  readonly #resting = new RestingFiles()
  readonly #gone = new Map<string, GoneFile>()
  readonly #folders = new Map<string, HeardFolder>()
  /** What paths link to, of those that are links. */
  readonly #targets = new Map<string, string>()
  #round: Iterator<string> | undefined
  /** Until then it is not asked again who may be laid to rest. */
  #noSurplusMs = -Infinity

  constructor(context: FollowContext<FollowedFile>, watch: DirectoryWatch) {
    this.#context = context
    this.#watch = watch
  }

  /** How many there are. */
  get size(): number {
    return this.#awake.size + this.#resting.size
  }

  /** How many of them are at rest. */
  get resting(): number {
    return this.#resting.size
  }

  /** Of the files at rest one in so many is looked at each time: each at least every {@link RECONCILE_MS}. */
  get restingShare(): number {
    if (!this.#watch.complete) return 1
    const looks = Math.ceil(RECONCILE_MS / this.#context.options.pollMs)
    return Math.max(1, Math.min(looks, Math.ceil(this.size / RESTING)))
  }

  /** Those that are awake; they may come and go while they are looked at. */
  get awake(): Iterable<FollowedFile> {
    return this.#awake.values()
  }

  /** The owners of claims, see `Claims`. */
  get owners(): ReadonlySet<number> {
    const owners = new Set([...this.#awake.values()].map(({ owner }) => owner))
    for (const path of this.#resting.paths()) owners.add(this.#resting.get(path)?.owner ?? 0)
    return owners
  }

  has(path: string): boolean {
    return this.#awake.has(path) || this.#resting.has(path)
  }

  /** What was read of a path that was given up as its name was gone. */
  goneOf(path: string): GoneFile | undefined {
    return this.#gone.get(path)
  }

  /** A path that is followed from now on. */
  add(path: string, begin: Pick<FollowedFileInit, 'first' | 'from'>): FollowedFile {
    const file = new FollowedFile(path, this.#context, { ...begin, gone: this.#gone.get(path) })
    this.#gone.delete(path)
    this.#awake.set(path, file)
    this.#listen(path, path)
    return file
  }

  /** A path that is followed from now on and at rest: `record` is asked for what is kept of it once its folder is heard. Whether there was anything. */
  addResting(path: string, record: () => RestingFile | undefined): boolean {
    this.#listen(path, path)
    const resting = record()
    if (resting) this.#resting.set(path, resting)
    else this.#unlisten(path, path)
    return resting !== undefined
  }

  /** It is not followed any more. */
  delete(path: string): void {
    this.#rememberGone(path)
    this.#forgetAwake(path)
    this.#unlisten(path, path)
    const target = this.#targets.get(path)
    if (target !== undefined) this.#unlisten(path, target)
    this.#targets.delete(path)
  }

  #rememberGone(path: string): void {
    const file = this.#awake.get(path)
    if (!file || file.read.released.length === 0) return
    this.#gone.set(path, { owner: file.owner, released: file.read.released })
    if (this.#gone.size > MAX_GONE) this.#gone.delete(this.#gone.keys().next().value as string)
  }

  /** Whether a file is a copy of what is read under a path, or was before that was gone; if so it is that path's from now on. */
  claimCopy(path: string, opened: OpenedSibling, first: boolean): Promise<CopyVerdict> {
    const file = this.wake(path)
    if (file) return file.claimCopy(opened, first)
    const gone = this.#gone.get(path)
    if (!gone) return Promise.resolve('no')
    const { options, claims } = this.#context
    const { owner, released } = gone
    const writtenMs = options.clock.now() - options.lingerMs
    return claimCopy(opened, { held: [], released, writtenMs }, claimingAs(owner, claims))
  }

  /** Whether a file holds what is read under a name that looks like a rotated one of `path`, as a pattern matches it, too. */
  async isReadBeside(path: string, opened: OpenedSibling): Promise<boolean> {
    const [directory, name] = [dirname(path), basename(path)]
    const isRotated = (other: string): boolean => dirname(other) === directory && isRotatedName(basename(other), name)
    for (const other of [...this.#awake.keys(), ...this.#resting.paths()].filter(isRotated)) {
      const file = this.wake(other)
      if (file && (await holdsAnyOf(opened, file.read))) return true
    }
    return false
  }

  /** Hears of what a path links to, now that it was opened, from now on, and of no earlier target. */
  listenTo(path: string, openedPath: string): Promise<void> {
    const target = this.#context.options.fileSystem.realpath(openedPath)
    return target.then(
      found => this.#listenAt(path, found),
      () => this.#listenAt(path, openedPath), // moved on already
    )
  }

  #listenAt(path: string, target: string): void {
    const last = this.#targets.get(path)
    if (target === last || target === path || !this.has(path)) return
    this.#targets.set(path, target)
    this.#listen(path, target)
    if (last !== undefined) this.#unlisten(path, last)
  }

  /** The file that is followed under this path, awake from now on. */
  wake(path: string): FollowedFile | undefined {
    const resting = this.#resting.get(path)
    if (!resting) return this.#awake.get(path)
    const file = new FollowedFile(path, this.#context, { first: resting.opener.first, resting })
    this.#awake.set(path, file)
    this.#resting.delete(path)
    return file
  }

  /** Keeps only a record of a file to which nothing happens. Whether it did. */
  rest(file: FollowedFile): boolean {
    const { path } = file
    const resting = this.#awake.get(path) === file ? file.rest() : undefined
    if (!resting) return false
    this.#resting.set(path, resting)
    this.#forgetAwake(path)
    return true
  }

  /** Whether more may be open than need be. Without watching nobody would tell of those that are at rest. */
  get crowded(): boolean {
    return this.#awake.size > OPEN_FILES && this.#context.options.watch
  }

  /**
   * Whether descriptors may run out, so that what waits for its turn is better closed, although it may be removed then
   * before it is read. Where following `begins` that is so early: what waits there had not been held before either.
   */
  mustSpare(begins: boolean): boolean {
    return this.#awake.size > (begins ? OPEN_FILES / 2 : OPEN_FILES * 8)
  }

  /** Where more are open than need be, lays to rest some that have not grown for the longest time, after `tries` at most. */
  async restSurplus(tries: number): Promise<readonly FollowedFile[]> {
    const { clock, from } = this.#context.options
    if (!this.crowded || clock.monotonicMs() < this.#noSurplusMs) return []
    const open = [...this.#awake.values()].filter(
      ({ idle, failed, rests, waits }) => !idle && !failed && !rests && !waits,
    )
    // What is followed from its end has nothing to be read when it is found.
    const isStill = ({ quiet }: FollowedFile): boolean => quiet.still && (from !== 'start' || quiet.sawEnd)
    // Of those that tie the youngest, so that of thousands that are found few are kept for a while.
    const still = open.toReversed().filter(isStill)
    still.sort((a, b) => b.quiet.stillMs - a.quiet.stillMs)
    const rested: FollowedFile[] = []
    for (const file of still.slice(0, tries)) {
      if (open.length - rested.length <= OPEN_FILES) break
      file.quiet.hurry()
      await file.observe()
      if (this.rest(file)) rested.push(file)
    }
    // Where something is awaited of hundreds, to ask them each time would be most of the work.
    if (open.length > OPEN_FILES * 4 && rested.length === 0) this.#noSurplusMs = clock.monotonicMs() + RETRY_MS
    return rested
  }

  /** A map from which thousands were deleted keeps them in memory, until all of the heap is looked through. */
  #forgetAwake(path: string): void {
    this.#awake.delete(path)
    if (this.#awake.size === 0) this.#awake = new Map()
  }

  /** Whether somebody is to be told of files that went to rest at once. */
  get hasAnnouncements(): boolean {
    return this.#resting.unannounced > 0
  }

  /** What somebody is to be told of files that went to rest at once. One that awakes tells it itself. */
  *announcements(): Generator<Delivery, void, undefined> {
    const { host } = this.#context.options
    for (const path of this.#resting.takeUnannounced()) {
      const opened = this.#resting.sourceOf(path)
      if (!opened) continue
      const source = { host, path, id: opened.sourceId }
      yield { kind: 'event', source, event: 'opened', detail: { offset: opened.startOffset } }
    }
  }

  /** Wakes those that changed of the next `count` files at rest; after the last one it is the first one's turn. */
  *changed(count: number): Generator<FollowedFile, void, undefined> {
    for (let asked = 0; asked < count; asked++) {
      const next = (this.#round ??= this.#resting.paths()).next()
      if (next.done) {
        this.#round = undefined
        return
      }
      const file = this.#isAsSeen(next.value) ? undefined : this.wake(next.value)
      if (file) yield file
    }
  }

  #isAsSeen(path: string): boolean {
    try {
      return this.#resting.sees(path, glanceAt(path, this.#context.options.fileSystem))
    } catch {
      return false // whoever looks properly will say why
    }
  }

  /** Wakes all that hold the beginning of a line. */
  wakeHolding(): void {
    for (const path of [...this.#resting.paths()]) if (this.#resting.get(path)?.generation.held) this.wake(path)
  }

  #listen(path: string, place: string): void {
    const directory = dirname(place)
    const folder = this.#folder(directory)
    folder.files++
    const name = basename(place)
    if (join(directory, name) === path) return
    const paths = folder.others.get(name) ?? new Set<string>()
    folder.others.set(name, paths.add(path))
  }

  #unlisten(path: string, place: string): void {
    const [directory, name] = [dirname(place), basename(place)]
    const folder = this.#folder(directory)
    const paths = folder.others.get(name)
    paths?.delete(path)
    if (paths?.size === 0) folder.others.delete(name)
    if (--folder.files > 0) return
    folder.end()
    this.#folders.delete(directory)
  }

  #folder(directory: string): HeardFolder {
    let folder = this.#folders.get(directory)
    if (folder) return folder
    const end = this.#watch.addDirectory(directory, (renamed, name) => this.#hear(directory, renamed, name))
    folder = { files: 0, end, others: new Map<string, Set<string>>() }
    this.#folders.set(directory, folder)
    return folder
  }

  /** A name that the system does not tell may be any of the folder. */
  #hear(directory: string, renamed: boolean, name: string | null): void {
    const others = this.#folders.get(directory)?.others
    const paths = name === null ? this.#allIn(directory, others) : [join(directory, name), ...(others?.get(name) ?? [])]
    for (const path of paths) this.wake(path)?.hear(renamed)
  }

  #allIn(directory: string, others: HeardFolder['others'] | undefined): readonly string[] {
    const paths = [...this.#awake.keys(), ...this.#resting.paths()].filter(path => dirname(path) === directory)
    return [...paths, ...[...(others?.values() ?? [])].flatMap(all => [...all])]
  }
}
