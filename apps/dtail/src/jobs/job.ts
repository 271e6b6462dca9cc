import { CliError } from '@logflow/cli'
import { nearestName } from '@logflow/core'

/** What both kinds of jobs have. */
interface JobFields {
  /** Also the password of the job's own login. Never empty. */
  readonly name: string
  readonly enable: boolean
  /** With dates still to fill in, as {@link JobFields.outfile}. */
  readonly files: string
  readonly query: string
  readonly outfile: string
  readonly discovery: string
  /** Servers to ask; empty for the one that runs the job. */
  readonly servers: readonly string[]
  /** Hosts from which the job may log in here. */
  readonly allowFrom: readonly string[]
}

/** A query over whole files, once per outfile. */
export interface ScheduledJob extends JobFields {
  readonly kind: 'schedule'
  /** Runs when `from <= hour < to`, local time. `undefined` for never. */
  readonly hours: { readonly from: number; readonly to: number } | undefined
}

/** A query over what is written while it runs. */
export interface ContinuousJob extends JobFields {
  readonly kind: 'continuous'
  /** Begins anew at midnight, with the names of the new day. */
  readonly restartOnDayChange: boolean
}

/** A job of `Server.Schedule` or `Server.Continuous`. */
export type Job = ScheduledJob | ContinuousJob

/** The jobs of a server. */
export interface Jobs {
  readonly scheduled: readonly ScheduledJob[]
  readonly continuous: readonly ContinuousJob[]
  /** One sentence per key that means nothing and per job that can never run. */
  readonly warnings: readonly string[]
}

/** The users as which jobs log in, by kind. */
export const JOB_USERS = { schedule: 'DTAIL-SCHEDULE', continuous: 'DTAIL-CONTINUOUS' } as const

type Json = Readonly<Record<string, unknown>>

/**
 * Reads the jobs of dtail.json; keys in any case, as everywhere there.
 *
 * @throws CliError `LF_CLI_CONFIG` on a value of the wrong type and on a job without a name, which would be one without
 * a password
 */
export function parseJobs({
  Schedule,
  Continuous,
}: {
  readonly Schedule: readonly Json[]
  readonly Continuous: readonly Json[]
}): Jobs {
  const warnings: string[] = []
  const scheduled = Schedule.map((json, index) => {
    const fields = new JobReader(json, `Server.Schedule[${index}]`)
    const job = { kind: 'schedule', ...commonFields(fields), hours: fields.hours('TimeRange') } as const
    warnings.push(...fields.warnings())
    if (!job.hours) warnings.push(`Server.Schedule[${index}]: ${job.name} has no TimeRange and never runs`)
    return job
  })
  const continuous = Continuous.map((json, index) => {
    const fields = new JobReader(json, `Server.Continuous[${index}]`)
    const restartOnDayChange = fields.truth('RestartOnDayChange')
    const job = { kind: 'continuous', ...commonFields(fields), restartOnDayChange } as const
    warnings.push(...fields.warnings())
    return job
  })
  return { scheduled, continuous, warnings }
}

function commonFields(fields: JobReader): JobFields {
  const name = fields.text('Name')
  if (name === '') throw new CliError('LF_CLI_CONFIG', `${fields.at}.Name must not be empty`)
  return {
    name,
    enable: fields.truth('Enable'),
    files: fields.text('Files'),
    query: fields.text('Query'),
    outfile: fields.text('Outfile'),
    discovery: fields.text('Discovery'),
    servers: fields.texts('Servers'),
    allowFrom: fields.texts('AllowFrom'),
  }
}

class JobReader {
  readonly at: string
  readonly #json: Json
  readonly #asked: string[] = []

  constructor(json: Json, at: string) {
    this.#json = json
    this.at = at
  }

  text(key: string): string {
    const value = this.#value(key) ?? ''
    if (typeof value !== 'string') throw this.#wrong(key, 'a string')
    return value
  }

  truth(key: string): boolean {
    const value = this.#value(key) ?? false
    if (typeof value !== 'boolean') throw this.#wrong(key, 'true or false')
    return value
  }

  texts(key: string): readonly string[] {
    const value = this.#value(key) ?? []
    if (!Array.isArray(value) || !value.every(item => typeof item === 'string'))
      throw this.#wrong(key, 'a list of strings')
    return value
  }

  hours(key: string): ScheduledJob['hours'] {
    const value = this.#value(key)
    if (value === undefined) return undefined
    if (!Array.isArray(value) || value.length !== 2 || !value.every(Number.isSafeInteger))
      throw this.#wrong(key, 'a list of two hours')
    const [from, to] = value as [number, number]
    return from < to ? { from, to } : undefined
  }

  /** About the keys that nobody asked for. */
  warnings(): readonly string[] {
    const known = new Set(this.#asked.map(key => key.toLowerCase()))
    const unknown = Object.keys(this.#json).filter(key => !known.has(key.toLowerCase()))
    return unknown.map(key => {
      const near = nearestName(key, this.#asked)
      return `unknown key ${this.at}.${key}${near === undefined ? '' : `; did you mean ${near}?`}`
    })
  }

  #value(key: string): unknown {
    this.#asked.push(key)
    const name = Object.keys(this.#json).find(candidate => candidate.toLowerCase() === key.toLowerCase())
    return name === undefined ? undefined : (this.#json[name] ?? undefined)
  }

  #wrong(key: string, wanted: string): CliError {
    return new CliError('LF_CLI_CONFIG', `${this.at}.${key} must be ${wanted}`)
  }
}
