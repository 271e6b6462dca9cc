import type { Delivery, Source } from '@logflow/core'
import { DeliveryChecker } from './delivery-checker.ts'
import { FakeClock } from './fake-clock.ts'
import { Gate, settle } from './gate.ts'
import type { ModelContent } from './model-content.ts'
import { ModelReader } from './model-reader.ts'
import type { RotationProfile, RotationSchedule } from './rotation-schedule.ts'
import { RotationWorld } from './rotation-world.ts'

/** Bytes that outlive the reader: where it keeps its checkpoint. */
export class MemoryStorage {
  readonly path = 'memory'
  #bytes: Uint8Array = new Uint8Array(0)

  get size(): number {
    return this.#bytes.length
  }

  readonly load = async (): Promise<Uint8Array> => this.#bytes.slice()
  readonly truncate = async (size: number): Promise<void> => void (this.#bytes = this.#bytes.slice(0, size))
  readonly append = async (bytes: Uint8Array): Promise<void> =>
    void (this.#bytes = Uint8Array.from([...this.#bytes, ...bytes]))
  readonly replace = async (bytes: Uint8Array): Promise<void> => void (this.#bytes = bytes.slice())
  readonly close = async (): Promise<void> => {}
}

/** What a reader under test is given. */
export interface ReaderInit {
  readonly files: ModelReader
  readonly clock: FakeClock
  readonly storage: MemoryStorage
  /** Path or pattern to follow from its start. */
  readonly path: string
  readonly profile: RotationProfile
}

/** A reader under test. */
export interface ReaderUnderTest {
  readonly deliveries: AsyncIterable<Delivery>
  /** Everything of the source before `offset` was dealt with. */
  acknowledge(source: Source, offset: number): Promise<void>
}

/** Starts a reader; called again after each crash. */
export type OpenReader = (init: ReaderInit) => Promise<ReaderUnderTest>

/** Poll interval that readers under test use. */
export const MODEL_POLL_MS = 1000
/** How long they look after rotated files. */
export const MODEL_LINGER_MS = 5000

const MAX_LOOKS = 100
/** More operations than a search takes. */
const SEARCH = 200

/** Runs a schedule, and a long rest at its end. What went wrong, in words; `undefined` when nothing did. */
export async function runRotationSchedule(schedule: RotationSchedule, open: OpenReader): Promise<string | undefined> {
  const run = new Run(schedule.profile, open)
  try {
    await run.start()
    // A pattern that matches rotated names asks for every copy that is there when it is expanded first.
    if (schedule.profile.pattern === 'glob') await run.rest(false)
    for (const step of schedule.steps) await run.apply(step)
    await run.rest(true)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    run.end()
  }
}

/** One reader, from its start to its crash. */
interface Session {
  readonly files: ModelReader
  readonly clock: FakeClock
  /** What the consumer takes. */
  readonly pulls: Gate
  reader: ReaderUnderTest | undefined
  /** How many contents there were when it was started, and which the path named. */
  readonly contents: number
  named: ModelContent | undefined
  /** How many operations had passed when the disk was mounted last. */
  mountedAt?: number
  /** Whether it has looked at the path. */
  begun: boolean
  /** Whether the folder that it saw last is the one that lies below the disk; `opened` when it opened the path since. */
  below: 'no' | 'yes' | 'opened'
  ended: boolean
}

class Run {
  readonly #world: RotationWorld
  readonly #profile: RotationProfile
  readonly #open: OpenReader
  readonly #storage = new MemoryStorage()
  readonly #checker: DeliveryChecker
  #session: Session | undefined
  #acknowledged = false
  #failure: Error | undefined

  constructor(profile: RotationProfile, open: OpenReader) {
    this.#profile = profile
    this.#open = open
    this.#world = new RotationWorld(profile)
    const [world, session] = [this.#world, (): Session | undefined => this.#session]
    this.#checker = new DeliveryChecker({
      contents: world.files.contents,
      get reachable() {
        return [...new Set([...world.live, ...(session()?.files.held ?? [])])]
      },
      get open() {
        return profile.pattern === 'glob' ? world.live : world.live.filter(content => content === world.named)
      },
    })
  }

  async start(): Promise<void> {
    const { hears, pattern } = this.#profile
    // Who follows another name of the pattern lists this one beside it.
    const files = new ModelReader(this.#world.files, { hears, namesTell: pattern === 'path' })
    const clock = new FakeClock(this.#world.files.nowMs)
    const session: Session = {
      files,
      clock,
      pulls: new Gate(),
      contents: this.#world.files.contents.length,
      named: this.#world.named,
      reader: undefined,
      begun: this.#acknowledged,
      below: 'no',
      ended: false,
    }
    this.#session = session
    this.#world.followed = session.begun
    files.onLook = path => this.#begin(session, path)
    const path = `${this.#world.path}${this.#profile.pattern === 'glob' ? '*' : ''}`
    const init = { files, clock, storage: this.#storage, path, profile: this.#profile }
    session.reader = await this.#open(init)
    this.#consume(session, session.reader).catch((error: unknown) => {
      this.#failure ??= error instanceof Error ? error : new Error(String(error))
    })
    await settle()
  }

  async apply(step: string): Promise<void> {
    if (step === 'unmount') return this.#unmount()
    if (this.#world.apply(step)) {
      if (step === 'mount') this.#noteMount()
      return
    }
    const [word = '', argument] = step.split(' ')
    const count = Number(argument)
    if (this.#fail(word, count)) return
    switch (word) {
      case 'run':
        return this.#let(count, count, 0)
      case 'look':
        return this.#let(count, 0, 0)
      case 'pass':
        return this.#let(0, 0, count)
      case 'ack':
        return this.#acknowledge()
      case 'crash':
        return this.#crash()
      case 'rest':
        return this.rest(false)
      default:
        throw new Error(`there is no step ${step}`)
    }
  }

  /** Who was started without a disk finds what is there when it comes. */
  #noteMount(): void {
    const session = this.#session as Session
    session.mountedAt = session.files.gate.passed
    if (!session.begun) session.named ??= this.#world.named
  }

  /** Neither is a disk there, nor is it away, for a shorter time than a search takes. */
  async #unmount(): Promise<void> {
    const { mountedAt, files } = this.#session as Session
    if (mountedAt !== undefined && files.gate.passed - mountedAt < SEARCH) await this.#let(SEARCH, 0, 0)
    this.#world.apply('unmount')
    await this.#let(SEARCH, 0, 0)
  }

  /** Lets the reader's system fail; false when the step is none of these. */
  #fail(word: string, count: number): boolean {
    const { files } = this.#session as Session
    if (word === 'deaf') files.deafen(count)
    else if (word === 'unwatch') files.unwatch(count)
    else if (word === 'scarce') files.exhaust(count)
    else if (word === 'stale') files.outdate()
    else return false
    return true
  }

  /** Until nothing more comes; then everything must have come. */
  async rest(final: boolean): Promise<void> {
    if (final) this.#world.files.mount()
    const enough = Math.ceil(((final ? 2 : 1.2) * MODEL_LINGER_MS) / MODEL_POLL_MS)
    let quiet = 0
    this.#session?.files.exhaust(0)
    for (let looks = 0; quiet < enough; looks++) {
      if (looks > MAX_LOOKS) throw new Error('the reader does not come to rest')
      const before = this.#checker.deliveries
      await this.#let(Infinity, Infinity, MODEL_POLL_MS)
      quiet = this.#checker.deliveries === before ? quiet + 1 : 0
    }
    // What is open of a disk that is away may have to wait for what lies there.
    if (!this.#world.files.unmounted) this.#checker.atRest(final)
  }

  end(): void {
    this.#session?.files.crash()
    this.#session?.pulls.close()
  }

  async #consume(session: Session, { deliveries }: ReaderUnderTest): Promise<void> {
    for await (const item of deliveries) {
      if (session.ended) return
      this.#checker.deliver(item)
      await session.pulls.pass(() => {})
    }
  }

  /** So many operations, so many deliveries, and so much time. */
  async #let(operations: number, deliveries: number, ms: number): Promise<void> {
    const { files, pulls, clock } = this.#session as Session
    if (ms >= MODEL_POLL_MS) this.#world.moveOn()
    files.gate.open(operations)
    pulls.open(deliveries)
    this.#world.files.pass(ms)
    if (ms > 0) await clock.advance(ms)
    else await settle()
    files.gate.shut()
    pulls.shut()
    if (this.#failure) throw this.#failure
  }

  async #acknowledge(): Promise<void> {
    const { reader } = this.#session as Session
    for (const { source, offset } of this.#checker.acknowledge()) {
      this.#acknowledged = true
      await reader?.acknowledge(source, offset)
    }
  }

  async #crash(): Promise<void> {
    const session = this.#session as Session
    session.ended = true
    session.files.crash()
    session.pulls.close()
    this.#checker.crash()
    await this.start()
  }

  /** What lies on a disk is as old as the first look at it: at its folder, as names tell nothing of that. */
  #isFirstLook(session: Session, path: string): boolean {
    const { files, named } = this.#world
    const isPath = path === this.#world.path
    const wasOpened = session.below === 'opened'
    this.#world.followed ||= isPath
    if (files.unmounted) session.below = 'yes'
    else if (!isPath) session.below = 'no'
    else if (session.below === 'yes' && named) session.below = 'opened'
    return session.below === 'no' && (isPath || wasOpened)
  }

  /** The first look at the path: without a checkpoint, what has other names now is nobody's wish. */
  #begin(session: Session, path: string): void {
    if (session.begun || !this.#isFirstLook(session, path)) return
    session.begun = true
    const { named } = this.#world
    if (this.#profile.pattern === 'glob') return
    if (named) named.first = true
    for (const content of this.#world.files.contents) {
      if (content === named) continue
      if (content.number <= session.contents && content !== session.named) content.old = true
      else content.optional = true
    }
  }
}
