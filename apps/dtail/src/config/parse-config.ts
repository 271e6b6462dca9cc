import { CliError } from '@logflow/cli'
import { nearestName } from '@logflow/core'
import { parseColor } from '../output/term-colors.ts'
import { defaultConfig, type DtailConfig } from './dtail-config.ts'
import { WITHOUT_EFFECT } from './without-effect.ts'

type Json = Readonly<Record<string, unknown>>

/** A configuration, and what in the file means nothing. */
export interface ParsedConfig {
  readonly config: DtailConfig
  /** One sentence per unknown key, naming the nearest known one. */
  readonly warnings: readonly string[]
  /** One sentence about the keys that are known and without effect, when there are any. */
  readonly notes: readonly string[]
}

/**
 * Reads dtail.json as the original does: keys in any case, missing and `null` keep the default, lists replace, maps
 * merge. Unlike there, unknown keys are told and colour names are understood.
 *
 * @throws CliError `LF_CLI_CONFIG` on JSON that is none and on values of the wrong type
 */
export function parseConfig(text: string, path: string): ParsedConfig {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new CliError('LF_CLI_CONFIG', `Unable to parse config file ${path}: ${(cause as Error).message}`, { cause })
  }
  const warnings: string[] = []
  const reader = new ConfigReader(path, warnings)
  const config = reader.merge(defaultConfig, json, '') as DtailConfig
  const idle = reader.withoutEffect
  return { config, warnings, notes: idle.length === 0 ? [] : [`${path}: without effect here: ${idle.join(', ')}`] }
}

class ConfigReader {
  readonly #path: string
  readonly #warnings: string[]
  /** Keys that were given and mean nothing. */
  readonly withoutEffect: string[] = []

  constructor(path: string, warnings: string[]) {
    this.#path = path
    this.#warnings = warnings
  }

  /** The value of `given`, in the shape of `known`. */
  merge(known: unknown, given: unknown, at: string): unknown {
    if (given === null || given === undefined) return known
    if (WITHOUT_EFFECT.has(at)) this.withoutEffect.push(at)
    if (at === 'Server.Permissions') return this.#permissions(known as Json, given)
    if (Array.isArray(known)) return this.#list(given, at)
    if (typeof known === 'object' && known !== null) return this.#object(known as Json, given, at)
    if (typeof given !== typeof known) throw this.#wrongType(at, typeof known, given)
    if (typeof known === 'number' && !Number.isSafeInteger(given)) throw this.#wrongType(at, 'integer', given)
    if (at.startsWith('Client.TermColors.')) return this.#color(given as string, at)
    return isCount(at) && (given as number) <= 0 ? known : given
  }

  #object(known: Json, given: unknown, at: string): Json {
    const merged: Record<string, unknown> = { ...known }
    for (const [name, value] of Object.entries(this.#json(given, at))) {
      const flat = at.startsWith('Client.TermColors.') ? colorKey(known, name) : undefined
      const key = flat?.element ?? Object.keys(known).find(candidate => candidate.toLowerCase() === name.toLowerCase())
      if (key === undefined) this.#unknown(name, Object.keys(known), at)
      else if (flat) {
        const element = merged[key] as Json
        merged[key] = { ...element, [flat.field]: this.merge(element[flat.field], value, `${at}.${name}`) }
      } else merged[key] = this.merge(known[key], value, at === '' ? key : `${at}.${key}`)
    }
    return merged
  }

  /** `Default` and `Users`, whose keys are users' names. */
  #permissions(known: Json, given: unknown): Json {
    const merged: Record<string, unknown> = { ...known }
    for (const [name, value] of Object.entries(this.#json(given, 'Server.Permissions'))) {
      const at = `Server.Permissions.${name}`
      if (name.toLowerCase() === 'default')
        merged['Default'] = value === null ? known['Default'] : this.#texts(value, at)
      else if (name.toLowerCase() === 'users') {
        const users = Object.entries(this.#json(value ?? {}, at)).map(([user, rules]) => [
          user,
          this.#texts(rules ?? [], `${at}.${user}`),
        ])
        merged['Users'] = Object.fromEntries(users)
      } else this.#unknown(name, ['Default', 'Users'], 'Server.Permissions')
    }
    return merged
  }

  #list(given: unknown, at: string): readonly unknown[] {
    if (at === 'Server.Schedule' || at === 'Server.Continuous') {
      if (!Array.isArray(given)) throw this.#wrongType(at, 'list', given)
      return given.map(job => this.#json(job, at))
    }
    return this.#texts(given, at)
  }

  #texts(given: unknown, at: string): readonly string[] {
    if (!Array.isArray(given) || !given.every(item => typeof item === 'string'))
      throw this.#wrongType(at, 'list of strings', given)
    return given
  }

  #json(given: unknown, at: string): Json {
    if (typeof given !== 'object' || given === null || Array.isArray(given)) throw this.#wrongType(at, 'object', given)
    return given as Json
  }

  #color(text: string, at: string): string {
    const field = at.endsWith('Attr') ? 'Attr' : at.endsWith('Bg') ? 'Bg' : 'Fg'
    const color = parseColor(field, text)
    if (color !== undefined) return color
    this.#warnings.push(`${this.#path}: ${at}: ${JSON.stringify(text)} is no colour, it is left out`)
    return ''
  }

  #unknown(name: string, known: readonly string[], at: string): void {
    const near = nearestName(name, [...known])
    const hint = near === undefined ? '' : `; did you mean ${near}?`
    this.#warnings.push(`${this.#path}: unknown key ${at === '' ? '' : `${at}.`}${name}${hint}`)
  }

  #wrongType(at: string, wanted: string, given: unknown): CliError {
    const what = Array.isArray(given) ? 'a list' : given === null ? 'null' : typeof given
    return new CliError(
      'LF_CLI_CONFIG',
      `Unable to parse config file ${this.#path}: ${at || 'the file'} must be ${wanted}, is ${what}`,
    )
  }
}

/** Milliseconds and counts of zero and less mean the default, as in the original. */
function isCount(at: string): boolean {
  if (at === 'Server.MaxCommandFrameSize') return false
  return at.startsWith('Server.') || at.endsWith('Ms')
}

/** `HostnameAttr` is the field `Attr` of the element `Hostname`. */
function colorKey(known: Json, name: string): { readonly element: string; readonly field: string } | undefined {
  const [, prefix = '', suffix = ''] = /^(.+?)(attr|bg|fg)$/i.exec(name) ?? []
  const element = Object.keys(known).find(
    key => typeof known[key] === 'object' && key.toLowerCase() === prefix.toLowerCase(),
  )
  const field = ['Attr', 'Bg', 'Fg'].find(candidate => candidate.toLowerCase() === suffix.toLowerCase())
  return element !== undefined && field !== undefined ? { element, field } : undefined
}
