import { Random } from './random.ts'

/** What does not change during a schedule. */
export interface RotationProfile {
  /** What is followed: the path, or a pattern that matches its rotated names too. */
  readonly pattern: 'path' | 'glob'
  /** The path is a link to the file that is written. */
  readonly linked: boolean
  readonly births: boolean
  readonly tickMs: number
  readonly hears: 'all' | 'nothing' | 'some'
  /** Every file begins with the same line. */
  readonly equalHeads: boolean
  /** The writer opens its file without O_APPEND, so that a truncation leaves a hole. */
  readonly seeks: boolean
  readonly batchBytes: number
  /** How long a file is quiet before the reader may close it; 0: never. */
  readonly idleMs: number
}

/**
 * What happens, in order; one word and its argument each:
 *
 *     write N      N whole lines            partial      half a line, whose rest comes with the next write
 *     move A B     rename                   create       an empty file at the path, unless it is there
 *     reopen       the writer opens anew    remove       unlink the path
 *     copy-begin B copy-more copy-end       truncate     what copytruncate does, in its parts
 *     pack B       a rotated file is packed as a whole, keeps its last write and loses its name
 *     pack-begin B pack-end             the same in its parts
 *     switch N     the link goes to a new file, the writer stays
 *     run N        the reader does N operations, the consumer takes N items
 *     look N       the reader does N operations, the consumer takes nothing
 *     unmount, mount  the names of all files go, and come back; who has one open goes on
 *     stale        what the reader has open answers nothing any more
 *     scarce N     for the reader's next N openings there is no descriptor
 *     deaf N       the reader is not told of the next N changes
 *     unwatch N    the system takes its watches back, and refuses the next N
 *     pass N       N milliseconds go by     ack          everything delivered is acknowledged
 *     rest         the reader runs until it has nothing to do; everything that is there must have been delivered
 *     crash        the reader is gone, and is started again from its checkpoint
 */
export type RotationStep = string

/** One repeatable history of a file and its reader. */
export interface RotationSchedule {
  readonly seed: number
  readonly profile: RotationProfile
  readonly steps: readonly RotationStep[]
}

/** Rotated files that are kept: `.1` to `.3`. */
const KEPT = 3

/** What is added to a schedule. */
export interface ScheduleAdditions {
  /** The system fails in between. */
  readonly hardships?: boolean
  /** Rotated files are packed now and then. */
  readonly packs?: boolean
  /** A pattern that matches rotated names, too, is followed by one reader after the other. */
  readonly restarts?: boolean
}

/** Makes the schedule of a seed, or the same one with additions. */
export function rotationSchedule(
  seed: number,
  { hardships, packs, restarts }: ScheduleAdditions = {},
): RotationSchedule {
  const plain = plainSchedule(seed)
  const schedule = packs ? withPacking(plain) : restarts ? withRestarts(plain) : plain
  return hardships
    ? { ...schedule, steps: [...withMounts(seed, withoutWatches(seed, withHardships(schedule)))] }
    : schedule
}

/** Another stream than that which made the steps. */
const HARDSHIPS = 0x5eed
const PACKING = 0x7ac4
const RESTARTS = 0x4e57
const MOUNTS = 0x3017
const WATCHES = 0x0a7c

function withPacking({ seed, profile, steps }: RotationSchedule): RotationSchedule {
  // A pattern that matches packed names asks for what is in them as it is.
  return { seed, profile: { ...profile, pattern: 'path' }, steps: [...packing(steps, new Random(seed ^ PACKING))] }
}

/**
 * Below a pattern that matches rotated names, too: the reader ends now and then, with all acknowledged that it had given.
 * Not before anything was: who knows nothing of the path wants every copy that is there.
 */
function withRestarts({ seed, profile, steps }: RotationSchedule): RotationSchedule {
  const random = new Random(seed ^ RESTARTS)
  const restarted = steps.flatMap(step =>
    random.oneIn(8) ? [step, ...(random.oneIn(2) ? ['rest'] : []), 'ack', 'crash'] : [step],
  )
  const known = ['write 1', 'rest', 'ack', ...restarted]
  return { seed, profile: { ...profile, pattern: 'glob', linked: false, births: true }, steps: known }
}

function* packing(steps: readonly RotationStep[], random: Random): Generator<RotationStep, void, undefined> {
  let endIn = 0
  for (const step of steps) {
    yield step
    if (endIn > 0 && --endIn === 0) yield 'pack-end'
    if (!random.oneIn(4)) continue
    const name = `.${random.pick([1, 1, 2, 3])}`
    const parts = random.oneIn(3)
    yield parts ? `pack-begin ${name}` : `pack ${name}`
    if (parts) endIn = 1 + random.below(4)
  }
}

function* withHardships({ seed, steps }: RotationSchedule): Generator<RotationStep, void, undefined> {
  const random = new Random(seed ^ HARDSHIPS)
  const kinds = ['deaf', 'scarce', 'stale'].filter(() => random.oneIn(3))
  for (const step of steps) {
    yield step
    if (kinds.length === 0 || !random.oneIn(6)) continue
    const kind = random.pick(kinds)
    yield kind === 'stale' ? kind : `${kind} ${1 + random.below(12)}`
  }
}

/** Of some schedules: there are no watches any more now and then. */
function* withoutWatches(seed: number, steps: Iterable<RotationStep>): Generator<RotationStep, void, undefined> {
  const random = new Random(seed ^ WATCHES)
  const exhausts = random.oneIn(6)
  for (const step of steps) {
    yield step
    if (exhausts && random.oneIn(12)) yield `unwatch ${1 + random.below(6)}`
  }
}

/** Of some schedules: the disk goes away now and then, and comes back a few steps later. */
function* withMounts(seed: number, steps: Iterable<RotationStep>): Generator<RotationStep, void, undefined> {
  const random = new Random(seed ^ MOUNTS)
  const mounts = random.oneIn(3)
  let awayFor = 0
  for (const step of steps) {
    yield step
    if (!mounts) continue
    if (awayFor > 0 && --awayFor === 0) yield 'mount'
    if (awayFor > 0 || !random.oneIn(12)) continue
    yield 'unmount'
    awayFor = 1 + random.below(random.pick([3, 12]))
  }
}

function plainSchedule(seed: number): RotationSchedule {
  const random = new Random(seed)
  const linked = random.oneIn(8)
  const equalHeads = random.oneIn(5)
  const seeks = random.oneIn(6)
  const pattern = !linked && random.oneIn(4) ? 'glob' : 'path'
  const profile: RotationProfile = {
    pattern,
    linked,
    births: !random.oneIn(6) || pattern === 'glob',
    tickMs: random.pick([1, 4]),
    hears: random.pick(['all', 'all', 'some', 'nothing']),
    equalHeads,
    seeks,
    // Who has read no more than what all heads share, a line or a hole, cannot tell one from another.
    batchBytes: seeks ? 4096 : random.pick([equalHeads ? 64 : 16, 64, 4096]),
    idleMs: random.pick([0, 0, 1, 2000]),
  }
  return { seed, profile, steps: [...new StepMaker(random, profile).steps()] }
}

/** As lines that {@link parseRotationSchedule} reads. */
export function formatRotationSchedule({ seed, profile, steps }: RotationSchedule): string {
  return [`seed ${seed}`, JSON.stringify(profile), ...steps].join('\n')
}

/** Reads what {@link formatRotationSchedule} printed. */
export function parseRotationSchedule(text: string): RotationSchedule {
  const [seed = '', profile = '', ...steps] = text.trim().split('\n')
  return {
    seed: Number(seed.slice(5)),
    profile: JSON.parse(profile) as RotationProfile,
    steps: steps.map(s => s.trim()),
  }
}

class StepMaker {
  readonly #random: Random
  readonly #profile: RotationProfile
  readonly #crashes: boolean
  #links = 1

  constructor(random: Random, profile: RotationProfile) {
    this.#random = random
    this.#profile = profile
    // A pattern that matches the rotated names asks for every copy that is there when it is expanded first.
    this.#crashes = profile.pattern === 'path' && random.oneIn(3)
  }

  *steps(): Generator<RotationStep, void, undefined> {
    const random = this.#random
    if (!random.oneIn(4)) yield* ['reopen', 'write 2']
    const rounds = 2 + random.below(7)
    for (let i = 0; i < rounds; i++) {
      for (const step of this.#round()) {
        yield step
        while (random.oneIn(3)) yield this.#reading()
      }
    }
  }

  *#round(): Generator<RotationStep, void, undefined> {
    const random = this.#random
    for (let i = random.below(3); i > 0; i--) yield random.oneIn(5) ? 'partial' : `write ${1 + random.below(6)}`
    if (this.#crashes && random.oneIn(3)) yield* random.oneIn(2) ? ['ack', 'crash'] : ['crash']
    if (random.oneIn(5)) return
    if (this.#profile.linked) yield* this.#switched()
    else
      yield* random
        .pick([this.#renamed, this.#renamed, this.#copied, this.#copied, this.#recreated, this.#cut])
        .call(this)
    if (random.oneIn(6)) yield 'rest'
  }

  *#shifted(): Generator<RotationStep, void, undefined> {
    for (let i = KEPT - 1; i >= 1; i--) yield `move .${i} .${i + 1}`
  }

  *#renamed(): Generator<RotationStep, void, undefined> {
    yield* this.#shifted()
    yield 'move .0 .1'
    yield* this.#late()
    if (this.#random.oneIn(2)) yield 'create'
    yield* this.#late()
    yield* ['reopen', ...this.#late()]
  }

  *#copied(): Generator<RotationStep, void, undefined> {
    yield* this.#shifted()
    yield 'copy-begin .1'
    if (this.#random.oneIn(2)) yield* ['copy-more', ...this.#late()]
    yield 'copy-end'
    yield* this.#late()
    yield 'truncate'
    yield* this.#regrown()
  }

  *#recreated(): Generator<RotationStep, void, undefined> {
    yield 'remove'
    yield* this.#late()
    yield* ['reopen', ...this.#regrown()]
  }

  *#cut(): Generator<RotationStep, void, undefined> {
    yield 'truncate'
    yield* this.#regrown()
  }

  *#switched(): Generator<RotationStep, void, undefined> {
    yield `switch ${++this.#links}`
    yield* this.#late()
    yield 'reopen'
  }

  *#late(): Generator<RotationStep, void, undefined> {
    if (this.#random.oneIn(3)) yield `write ${1 + this.#random.below(3)}`
  }

  *#regrown(): Generator<RotationStep, void, undefined> {
    if (this.#random.oneIn(2)) yield `write ${1 + this.#random.below(12)}`
  }

  #reading(): RotationStep {
    const random = this.#random
    const often = 1 + random.below(random.pick([4, 12, 60]))
    const choices = [
      `run ${often}`,
      `run ${often}`,
      `run ${often}`,
      `look ${often}`,
      `pass ${random.pick([1, 6, 50, 1000, 5000])}`,
    ]
    if (random.oneIn(8)) return 'rest'
    return this.#crashes && random.oneIn(4) ? 'ack' : random.pick(choices)
  }
}
