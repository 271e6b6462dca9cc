import { appendFileSync, mkdirSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { safeText, UsageError } from '@logflow/cli'
import type { LogFields, Logger } from '@logflow/core'
import { levels, loggers } from '../flags/log-choices.ts'

/** A level of the DTail family. */
export type DtailLevel = (typeof levels)[number]

/** Where lines go. */
export interface DtailLogOptions {
  readonly level: DtailLevel
  /** Before the level: empty on a server, `CLIENT|<host>|` or `SERVER|<host>|` in a client. */
  readonly prefix?: string
  /** Descriptor for people, or none. */
  readonly descriptor?: 1 | 2 | undefined
  /** Paints a line for people. */
  readonly paint?: ((line: string) => string) | undefined
  /** Folder for a file per day, or per program when `perDay` is false. */
  readonly folder?: string | undefined
  readonly program?: string
  readonly perDay?: boolean
  readonly now?: () => Date
}

/** @throws UsageError */
export function parseLevel(text: string): DtailLevel {
  const name = text === '' ? 'default' : text.toLowerCase()
  const level = levels.find(known => known === name)
  if (level === undefined) throw new UsageError(`unknown log level ${text}: it is one of ${levels.join(', ')}`)
  return level
}

/** The two places of `-logger`. @throws UsageError */
export function parseLogger(text: string): { readonly people: boolean; readonly file: boolean } {
  const name = text.toLowerCase()
  if (!loggers.some(known => known === name))
    throw new UsageError(`unknown logger ${text}: it is one of ${loggers.join(', ')}`)
  return { people: name === 'stdout' || name === 'fout', file: name === 'file' || name === 'fout' }
}

/** `MMDD-HHMMSS`, local time. */
function logStamp(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = two(date.getMonth() + 1) + two(date.getDate())
  return `${day}-${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`
}

/**
 * The log of the DTail family: `<LEVEL>|<MMDD-HHMMSS>|<argument>|<argument>…`. Every call returns the line it wrote,
 * which servers also send to clients; the empty string when the level hides it.
 */
export class DtailLog {
  readonly #options: DtailLogOptions
  readonly #now: () => Date
  #broken = false

  constructor(options: DtailLogOptions) {
    this.#options = options
    this.#now = options.now ?? (() => new Date())
  }

  /** Whether lines of `level` are written. */
  shows(level: DtailLevel): boolean {
    return levels.indexOf(level) <= levels.indexOf(this.#options.level)
  }

  fatal(...args: readonly (string | number)[]): string {
    return this.#log('fatal', args)
  }
  error(...args: readonly (string | number)[]): string {
    return this.#log('error', args)
  }
  warn(...args: readonly (string | number)[]): string {
    return this.#log('warn', args)
  }
  info(...args: readonly (string | number)[]): string {
    return this.#log('info', args)
  }
  verbose(...args: readonly (string | number)[]): string {
    return this.#log('verbose', args)
  }
  debug(...args: readonly (string | number)[]): string {
    return this.#log('debug', args)
  }

  /** Into the file only: what was read, with `-log-payload`. */
  payload(bytes: Uint8Array): void {
    if (this.#options.folder !== undefined) this.#toFile(bytes)
  }

  /** The same log for libraries: what happened and its facts as arguments. */
  asLogger(): Logger {
    const put = (level: 'debug' | 'info' | 'warn' | 'error') => (fields: LogFields, message?: string) => {
      const { event, err, ...facts } = fields
      const args = Object.entries(facts).map(([key, value]) => `${key}=${factText(value)}`)
      this[level](message ?? event, ...args, ...(err === undefined ? [] : [errorText(err)]))
    }
    return { debug: put('debug'), info: put('info'), warn: put('warn'), error: put('error') }
  }

  #log(level: DtailLevel, args: readonly (string | number)[]): string {
    if (!this.shows(level)) return ''
    const { prefix = '', descriptor, paint, folder } = this.#options
    const text = [level.toUpperCase(), ...(prefix === '' ? [logStamp(this.#now())] : []), ...args].join('|')
    // A user's name or a path must not be able to write a line of its own, or to a terminal.
    const line = prefix + safeText(text.replace(/\n/g, ' '))
    if (descriptor !== undefined) writeAll(descriptor, `${paint ? paint(line) : line}\n`)
    if (folder !== undefined) this.#toFile(`${line}\n`)
    return line
  }

  #toFile(content: string | Uint8Array): void {
    const { folder = '', program = 'dtail', perDay = true } = this.#options
    const now = this.#now()
    const day = `${now.getFullYear()}${logStamp(now).slice(0, 4)}`
    try {
      mkdirSync(folder, { recursive: true, mode: 0o755 })
      appendFileSync(join(folder, `${perDay ? day : program}.log`), content)
    } catch (error) {
      // A log that cannot be written is told once and stops nothing.
      if (!this.#broken) writeAll(2, `cannot write the log below ${folder}: ${errorText(error)}\n`)
      this.#broken = true
    }
  }
}

/** The message of an error and of what caused it. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function factText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function writeAll(descriptor: 1 | 2, text: string): void {
  try {
    writeSync(descriptor, text)
  } catch {
    // A full pipe or a reader that left must not stop a server that only wants to log.
  }
}
