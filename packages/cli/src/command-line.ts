import { nearestName } from '@logflow/core'
import { UsageError } from './errors.ts'
import type { Flag, FlagTable } from './flag.ts'
import { longName } from './program.ts'

/** What stood on the command line, as text, by flag key. */
export interface CommandLine {
  readonly values: ReadonlyMap<string, readonly string[]>
  readonly operands: readonly string[]
}

interface Entry {
  readonly key: string
  readonly flag: Flag<unknown>
}

/** Names to flags: long names, aliases and short letters. */
function namesOf(flags: FlagTable): Map<string, Entry> {
  const names = new Map<string, Entry>()
  for (const [key, flag] of Object.entries(flags)) {
    const entry = { key, flag }
    for (const name of [longName(key, flag), ...(flag.aliases ?? [])]) names.set(name, entry)
    if (flag.short) names.set(flag.short, entry)
  }
  return names
}

/**
 * Splits arguments into flags and operands.
 *
 * gnu: `--long v`, `--long=v`, `--no-switch`, `-s v`, `-sv`, `-abc` for switches; `--` ends flags; operands anywhere.
 * go: `-name v`, `-name=v`, one or two dashes; a switch needs `=` for a value; flags end at the first operand or `--`.
 *
 * @throws UsageError naming the flag, and the nearest one when it is unknown
 */
export function parseCommandLine(args: readonly string[], flags: FlagTable, syntax: 'gnu' | 'go'): CommandLine {
  const reader = new ArgumentReader(args, { names: namesOf(flags), dashes: syntax === 'go' ? '-' : '--' })
  while (reader.more) {
    const arg = reader.next()
    if (arg === '--') {
      reader.operandsFollow()
    } else if (!arg.startsWith('-') || arg === '-') {
      reader.operands.push(arg)
      if (syntax === 'go') reader.operandsFollow()
    } else if (syntax === 'go') reader.named(arg.replace(/^--?/, ''), arg)
    else if (arg.startsWith('--')) reader.named(arg.slice(2), arg)
    else reader.letters(arg.slice(1))
  }
  return reader
}

/** What may be meant by an option that is none. */
interface KnownNames {
  readonly names: ReadonlyMap<string, Entry>
  /** What stands before a name. */
  readonly dashes: '-' | '--'
}

class ArgumentReader implements CommandLine {
  readonly values = new Map<string, string[]>()
  readonly operands: string[] = []
  readonly #args: readonly string[]
  readonly #known: KnownNames
  #at = 0

  constructor(args: readonly string[], known: KnownNames) {
    this.#args = args
    this.#known = known
  }

  get more(): boolean {
    return this.#at < this.#args.length
  }

  next(): string {
    return this.#args[this.#at++] as string
  }

  operandsFollow(): void {
    this.operands.push(...this.#args.slice(this.#at))
    this.#at = this.#args.length
  }

  /** `name`, `name=value`, `no-name`. */
  named(text: string, shown: string): void {
    const equals = text.indexOf('=')
    const name = equals === -1 ? text : text.slice(0, equals)
    const entry = this.#known.names.get(name)
    if (entry) return this.#set(entry, equals === -1 ? this.#valueFor(entry, shown) : text.slice(equals + 1))
    const negated = name.startsWith('no-') ? this.#known.names.get(name.slice(3)) : undefined
    if (negated?.flag.kind === 'boolean' && equals === -1) return this.#set(negated, 'false')
    throw unknownFlag(shown, name, this.#known)
  }

  /** `-p 80`, `-p80`, `-vv`. */
  letters(text: string): void {
    const whole = text.replace(/=.*/, '')
    // `-port` instead of `--port` is the commonest slip: it would read as `-p ort`.
    if (whole.length > 1 && this.#known.names.has(whole)) throw unknownFlag(`-${text}`, whole, this.#known)
    for (let i = 0; i < text.length; i++) {
      const letter = text[i] as string
      const entry = this.#known.names.get(letter)
      if (entry?.flag.short !== letter) throw unknownFlag(`-${text}`, whole, this.#known)
      if (entry.flag.kind === 'boolean') this.#set(entry, 'true')
      else return this.#set(entry, text.slice(i + 1).replace(/^=/, '') || this.#valueFor(entry, `-${letter}`))
    }
  }

  #valueFor({ flag }: Entry, shown: string): string {
    if (flag.kind === 'boolean') return 'true'
    if (!this.more) throw new UsageError(`${shown} needs a value: ${flag.value ?? 'VALUE'}`)
    return this.next()
  }

  #set({ key }: Entry, value: string): void {
    const values = this.values.get(key)
    if (values) values.push(value)
    else this.values.set(key, [value])
  }
}

function unknownFlag(shown: string, name: string, { names, dashes }: KnownNames): UsageError {
  const near = nearestName(
    name,
    [...names.keys()].filter(candidate => candidate.length > 1),
  )
  return new UsageError(`unknown option ${shown}${near ? `; did you mean ${dashes}${near}?` : ''}`)
}
