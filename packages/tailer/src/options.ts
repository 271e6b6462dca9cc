import { hostname } from 'node:os'
import { silentLogger, systemClock, type AbortOptions, type Clock, type Logger, type Source } from '@logflow/core'
import type { Checkpoint } from './checkpoint/checkpoint.ts'
import type { FileSystem } from './files/file-system.ts'
import { farFileSystem, nodeFileSystem } from './files/node-file-system.ts'
import type { Admit } from './files/open-file.ts'
import { withLastingDevices } from './files/lasting-devices.ts'
import { withRememberedNames } from './names/remembered-names.ts'

/** What reading and following have in common. */
export interface TailerOptions extends AbortOptions {
  /** Host name of every source. @defaultValue the name of this machine */
  readonly host?: string | undefined
  /** Bytes read at a time, and so the size of a batch in a backlog. @defaultValue 256 KiB; 4 MiB when `raw` */
  readonly batchBytes?: number | undefined
  /** A longer line is delivered in pieces of this size; no byte is lost. @defaultValue 1 MiB */
  readonly maxLineBytes?: number | undefined
  /** Files that all patterns together may match; the rest is reported as a `failed` event. @defaultValue 100,000 */
  readonly maxGlobTargets?: number | undefined
  /** `**` in a pattern crosses directories. @defaultValue false: `**` means `*` */
  readonly globstar?: boolean | undefined
  /**
   * Asked before a matched path is opened. Gives back the path to open (say, with links resolved), throws to deny;
   * a denied path is a `failed` event with the error's message. @defaultValue everything is admitted as it is
   */
  readonly admit?: Admit | undefined
  /** @defaultValue silent */
  readonly logger?: Logger | undefined
}

/** Options of {@link read}. */
export interface ReadOptions extends TailerOptions {
  /**
   * Asked for each file that is not compressed, once it is open: which part of it to read. Lines of a part that does
   * not begin the file are not counted. @defaultValue every file is read whole
   */
  readonly span?: ((file: OpenedFile) => Promise<Span | undefined>) | undefined
}

/** A part of a file, from the start of a line to the start of another one, or to the end. */
export interface Span {
  readonly from: number
  /** Exclusive. */
  readonly to: number
}

/** A file that is open, for whoever wants to look before it is read. */
export interface OpenedFile {
  readonly source: Source
  /** When it was opened. */
  readonly size: number
  /** Bytes from `position` on, fewer than `length` where the file ends. */
  bytesAt(position: number, length: number): Promise<Uint8Array>
}

/** Options of {@link follow}. */
export interface FollowOptions extends TailerOptions {
  /**
   * Where to begin in a file that is there when following starts and has no checkpoint. A file that appears later is
   * always read from its start. A number is an offset that the caller knows to be right; one past the end of the file
   * means its end. @defaultValue 'end'
   */
  readonly from?: 'start' | 'end' | number | undefined
  /** Where to go on. Acknowledging deliveries is the consumer's duty. @defaultValue none: nothing is remembered */
  readonly checkpoint?: Checkpoint | undefined
  /**
   * How often every file is looked at although nothing was heard of it, and patterns are expanded again. Changes are
   * normally heard of at once; this is for what the system does not tell (network file systems, full watch queues).
   * Of more than 300 files that are closed in watched directories, each is looked at within a minute only: with
   * thousands of files on a network file system, set `watch` to false.
   * @defaultValue 1000
   */
  readonly pollMs?: number | undefined
  /** Use `fs.watch`. Without it, or where it fails, latency is `pollMs`. @defaultValue true */
  readonly watch?: boolean | undefined
  /** How long a rotated file is still looked at for late lines once it is quiet. @defaultValue 5000 */
  readonly lingerMs?: number | undefined
  /**
   * A file to which nothing was written for so long, and which was read to its end, is closed until something is
   * heard of it again; 0 keeps every file open. What is written to a closed file and deleted before the next look
   * cannot be read. Of more than 32 files that stand still for 5 s the rest is closed early. @defaultValue 60,000
   */
  readonly idleMs?: number | undefined
  /** Expand patterns again as files come. @defaultValue true */
  readonly discover?: boolean | undefined
  /**
   * Deliver a last line that has no newline yet as soon as everything before it is read: a prompt, a progress line. What
   * is written to it later comes as further pieces, marked in `pieces`. @defaultValue false: it is held back until its newline comes
   */
  readonly partialLines?: boolean | undefined
  /**
   * For those who pass bytes on: lines are not numbered (`firstLine` is 0), the `ends` of a batch are looked for when
   * they are asked for, and its `bytes` are good until the next delivery is asked for. Several times as cheap.
   * @defaultValue false
   */
  readonly raw?: boolean | undefined
  /**
   * Read what is no file, too: a fifo, where it is named without a wildcard, and the journal of systemd, as
   * `journal:<unit>`, or `journal:` for all units. False leaves fifos alone, and makes such a name that of a file.
   * @defaultValue true, unless `fileSystem` is given
   */
  readonly streams?: boolean | undefined
  /** The program that reads the journal. @defaultValue the first `journalctl` in PATH */
  readonly journalctl?: string | undefined
  /** End when everything that is there now has been read, instead of waiting for more. @defaultValue false */
  readonly once?: boolean | undefined
  /** @defaultValue the clock of the machine */
  readonly clock?: Clock | undefined
  /** What is followed. @defaultValue the files of this machine */
  readonly fileSystem?: FileSystem | undefined
}

/** {@link TailerOptions} with every default filled in. */
export interface ResolvedTailerOptions {
  readonly host: string
  readonly batchBytes: number
  readonly maxLineBytes: number
  readonly maxGlobTargets: number
  readonly globstar: boolean
  readonly admit: Admit | undefined
  readonly logger: Logger
  readonly signal: AbortSignal | undefined
}

/** {@link FollowOptions} with every default filled in. */
export interface ResolvedFollowOptions extends ResolvedTailerOptions {
  readonly from: 'start' | 'end' | number
  readonly checkpoint: Checkpoint | undefined
  readonly pollMs: number
  readonly watch: boolean
  readonly lingerMs: number
  readonly idleMs: number
  readonly discover: boolean
  readonly partialLines: boolean
  readonly raw: boolean
  readonly streams: boolean
  readonly journalctl: string | undefined
  readonly once: boolean
  readonly clock: Clock
  readonly fileSystem: FileSystem
}

/** @throws RangeError when a number is out of its range */
export function resolveTailerOptions(options: TailerOptions): ResolvedTailerOptions {
  return {
    host: options.host ?? hostname(),
    batchBytes: inRange('batchBytes', options.batchBytes ?? 256 * 1024, 1, 64 * 1024 * 1024),
    maxLineBytes: inRange('maxLineBytes', options.maxLineBytes ?? 1024 * 1024, 1, 1024 * 1024 * 1024),
    maxGlobTargets: inRange('maxGlobTargets', options.maxGlobTargets ?? 100_000, 1, Number.MAX_SAFE_INTEGER),
    globstar: options.globstar ?? false,
    admit: options.admit,
    logger: options.logger ?? silentLogger,
    signal: options.signal,
  }
}

/** @throws RangeError when a number is out of its range */
export function resolveFollowOptions(options: FollowOptions): ResolvedFollowOptions {
  return {
    ...resolveTailerOptions({
      ...options,
      batchBytes: options.batchBytes ?? (options.raw ? 4 * 1024 * 1024 : undefined),
    }),
    from: placeOf(options),
    checkpoint: options.checkpoint,
    pollMs: inRange('pollMs', options.pollMs ?? 1000, 1, 86_400_000),
    watch: options.watch ?? true,
    lingerMs: inRange('lingerMs', options.lingerMs ?? 5000, 0, 86_400_000),
    idleMs: inRange('idleMs', options.idleMs ?? 60_000, 0, Number.MAX_SAFE_INTEGER),
    discover: options.discover ?? true,
    partialLines: options.partialLines ?? false,
    raw: options.raw ?? false,
    streams: options.streams ?? options.fileSystem === undefined,
    journalctl: options.journalctl,
    once: options.once ?? false,
    clock: options.clock ?? systemClock,
    fileSystem: filesOf(options),
  }
}

function placeOf({ from = 'end' }: FollowOptions): 'start' | 'end' | number {
  return typeof from === 'number' ? inRange('from', from, 0, Number.MAX_SAFE_INTEGER) : from
}

/**
 * Without watching the files may lie on another machine, where no answer comes at once, and where the time of a folder's
 * last change says little: the clock is another one.
 */
function filesOf({ watch = true, clock = systemClock, fileSystem }: FollowOptions): FileSystem {
  const files = withLastingDevices(fileSystem ?? (watch ? nodeFileSystem : farFileSystem))
  return watch ? withRememberedNames(files, clock) : files
}

function inRange(name: string, value: number, low: number, high: number): number {
  if (!(value >= low && value <= high)) throw new RangeError(`${name} is ${value}, must be in ${low}..${high}`)
  return value
}
