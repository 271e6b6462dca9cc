import { writeSync } from 'node:fs'
import type { LogFields, Logger } from '@logflow/core'
import type { LogLevel } from './program.ts'
import { safeText } from './safe-text.ts'

type Level = Exclude<LogLevel, 'silent'>
interface Entry {
  readonly level: Level
  readonly fields: LogFields
  readonly message: string | undefined
}
/** The methods of a pino instance that are used. */
type Sink = Record<Level, (fields: LogFields, message?: string) => void>

const ORDER: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent']

/** The logger of a program, and how to be sure that everything is out. */
export interface ProgramLogger {
  readonly logger: Logger
  /** Resolves when every event so far is written. */
  flush(): Promise<void>
}

/** Options of {@link createProgramLogger}. */
export interface ProgramLoggerOptions {
  readonly name: string
  readonly level: LogLevel
  readonly format: 'text' | 'json'
}

/**
 * Events on stderr by pino, which is loaded by the first event: a program that has nothing to say starts faster.
 * What is logged before pino is there waits in order.
 */
export function createProgramLogger({ name, level, format }: ProgramLoggerOptions): ProgramLogger {
  let sink: Sink | undefined
  let loading: Promise<void> | undefined
  const waiting: Entry[] = []
  const load = async (): Promise<void> => {
    // The default export is there in Node and in a bundle; the named one is not in a bundled CommonJS module.
    const { default: pino } = await import('pino')
    const options = {
      level,
      base: { program: name, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label: string) => ({ level: label }) },
    }
    sink = pino(options, { write: line => writeLine(format === 'json' ? line : textLine(line)) })
    for (const entry of waiting.splice(0)) sink[entry.level](entry.fields, entry.message)
  }
  const log = (entryLevel: Level) => (fields: LogFields, message?: string) => {
    if (ORDER.indexOf(entryLevel) < ORDER.indexOf(level)) return
    if (sink) return sink[entryLevel](fields, message)
    waiting.push({ level: entryLevel, fields, message })
    loading ??= load()
  }
  return {
    logger: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
    flush: async () => loading,
  }
}

/** Straight to the descriptor: nothing is lost when the process ends right after. */
function writeLine(line: string): void {
  try {
    writeSync(2, line)
  } catch {
    // Nobody reads the log any more, or the pipe is full: the work goes on.
  }
}

interface LogLine extends Record<string, unknown> {
  readonly level: string
  readonly time: string
  readonly event: string
  readonly msg?: string
  readonly err?: { readonly message?: string }
}

/** `12:34:56.789 warn  source.rotated  source rotated  path=/var/log/x offset=12` */
function textLine(json: string): string {
  const { level, time, program, pid, event, msg, err, ...rest } = JSON.parse(json) as LogLine
  void program
  void pid
  const facts = Object.entries(rest).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  if (err) facts.push(`err=${JSON.stringify(err.message ?? err)}`)
  const parts = [time.slice(11, 23), level.padEnd(5), event, ...(msg ? [msg] : []), ...facts]
  return `${safeText(parts.join('  '))}\n`
}
