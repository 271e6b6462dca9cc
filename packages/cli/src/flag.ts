import { parseBytes, parseDurationMs } from './units.ts'

/** What every flag may say about itself. */
export interface FlagFacts {
  /** One sentence for `--help`. */
  readonly help: string
  /** One letter: `p` for `-p`. */
  readonly short?: string
  /** The long name, when it is not the key in kebab-case. */
  readonly spelling?: string
  /** Further long names, for users of an original. */
  readonly aliases?: readonly string[]
  /** Environment variable, or `false` for none. @defaultValue `<PROGRAM>_<KEY>` in gnu syntax, none in go syntax */
  readonly env?: string | false
  /** Left out of `--help`. */
  readonly hidden?: boolean
  /** Values to offer; a flag of the kind `choice` takes no other. */
  readonly choices?: readonly string[]
  /** What a shell offers for the value. @defaultValue by the name of the value, see {@link Completes} */
  readonly completes?: Completes
}

/**
 * What a shell can offer: a file, a folder, files joined by commas, or nothing. A value that is called FILE, PATH or
 * GLOB is a file and DIR is a folder unless the flag says otherwise.
 */
export type Completes = 'file' | 'folder' | 'files' | 'nothing'

/** One option of a program: where it comes from, how it is read, what it is when nobody says. */
export interface Flag<T> extends FlagFacts {
  readonly kind: 'boolean' | 'value' | 'list'
  /** Name of the value in `--help`; a switch has none. */
  readonly value?: string
  /** @throws RangeError with a sentence for the user */
  readonly parse: (text: string) => T
  readonly default: T
  /** The default as `--help` shows it; empty for none. */
  readonly defaultText: string
}

/** The options of a program by key. The key gives every spelling: flag, environment, config file. */
export type FlagTable = Readonly<Record<string, Flag<unknown>>>

/** The values of a {@link FlagTable}. */
export type OptionValues<F extends FlagTable> = { readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never }

/** A flag with a value. */
export interface FlagInit<T> extends FlagFacts {
  readonly value: string
  readonly default: T
}
/** A flag with a value that may be missing. */
export interface OptionalFlagInit extends FlagFacts {
  readonly value: string
  readonly default: undefined
}
/** A whole number within bounds. */
export interface IntegerFlagInit<T = number> extends FlagInit<T> {
  readonly min?: number
  readonly max?: number
}
/** One of a few words. */
export interface ChoiceFlagInit<C extends string, D extends C | undefined = C> extends FlagInit<D> {
  readonly choices: readonly C[]
}
/** A flag that may be given several times. */
export interface ListFlagInit extends FlagFacts {
  readonly value: string
  readonly default?: readonly string[]
}

function text(init: FlagInit<string>): Flag<string>
function text(init: OptionalFlagInit): Flag<string | undefined>
function text(init: FlagInit<string | undefined>): Flag<string | undefined> {
  return { ...init, kind: 'value', parse: String, defaultText: init.default ?? '' }
}

function integer(init: IntegerFlagInit): Flag<number>
function integer(init: IntegerFlagInit<undefined>): Flag<number | undefined>
function integer(init: IntegerFlagInit<number | undefined>): Flag<number | undefined> {
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = init
  const parse = (given: string): number => {
    const value = /^[+-]?\d+$/.test(given) ? Number(given) : NaN
    if (!Number.isSafeInteger(value) || value < min || value > max)
      throw new RangeError(`${given} is not ${describeRange(min, max)}`)
    return value
  }
  return { ...init, kind: 'value', parse, defaultText: init.default === undefined ? '' : String(init.default) }
}

function describeRange(min: number, max: number): string {
  if (max < Number.MAX_SAFE_INTEGER) return `an integer in ${min}..${max}`
  return min > Number.MIN_SAFE_INTEGER ? `an integer of at least ${min}` : 'an integer'
}

/** The kinds of flags a table is built from. */
export const flag = {
  /** Any text. With `default: undefined` the value may be missing. */
  text,
  /** A whole number within `min` and `max`. */
  integer,
  /** A switch, off unless given. */
  boolean(init: FlagFacts & { readonly default?: boolean }): Flag<boolean> {
    return { ...init, kind: 'boolean', parse: parseBoolean, default: init.default ?? false, defaultText: '' }
  },
  /** A size with unit: `64KiB`, `1MB`. The value is in bytes. */
  bytes(init: FlagInit<number>): Flag<number> {
    return { ...init, kind: 'value', parse: parseBytes, defaultText: sizeText(init.default) }
  },
  /** A time with unit: `500ms`, `2s`, `10m`. The value is in milliseconds. */
  duration(init: FlagInit<number>): Flag<number> {
    return { ...init, kind: 'value', parse: parseDurationMs, defaultText: timeText(init.default) }
  },
  /** One of `choices`. With `default: undefined` the value may be missing. */
  choice<C extends string, D extends C | undefined = C>(init: ChoiceFlagInit<C, D>): Flag<C | D> {
    const parse = (given: string): C => {
      const found = init.choices.find(choice => choice === given)
      if (found === undefined) throw new RangeError(`${given} is not one of ${init.choices.join(', ')}`)
      return found
    }
    return { ...init, kind: 'value', parse, defaultText: init.default ?? '' }
  },
  /** A value that may be given several times. */
  list(init: ListFlagInit): Flag<readonly string[]> {
    return {
      ...init,
      kind: 'list',
      parse: given => [given],
      default: init.default ?? [],
      defaultText: (init.default ?? []).join(' '),
    }
  },
} as const

/** Go's spellings of truth. */
function parseBoolean(given: string): boolean {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(given)) return true
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(given)) return false
  throw new RangeError(`${given} is not true or false`)
}

function sizeText(bytes: number): string {
  for (const [unit, size] of [
    ['GiB', 1024 ** 3],
    ['MiB', 1024 ** 2],
    ['KiB', 1024],
  ] as const)
    if (bytes >= size && bytes % size === 0) return `${bytes / size}${unit}`
  return String(bytes)
}

function timeText(ms: number): string {
  for (const [unit, size] of [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
  ] as const)
    if (ms >= size && ms % size === 0) return `${ms / size}${unit}`
  return `${ms}ms`
}
