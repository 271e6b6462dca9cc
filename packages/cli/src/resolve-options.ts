import { readFileSync } from 'node:fs'
import { nearestName } from '@logflow/core'
import { CliError, UsageError } from './errors.ts'
import type { Flag, FlagTable } from './flag.ts'
import { environmentName, longName, type Program } from './program.ts'

/** Where the value of an option came from. */
export type Origin = 'flag' | 'environment' | 'config' | 'default'

/** Values by key, and where each came from. */
export interface ResolvedOptions {
  readonly values: Readonly<Record<string, unknown>>
  readonly origins: Readonly<Record<string, Origin>>
}

/** What {@link resolveOptions} looks at. */
export interface OptionSources {
  readonly commandLine: ReadonlyMap<string, readonly string[]>
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly configPath: string | undefined
}

/** Flag beats environment beats file beats default. @throws UsageError, CliError `LF_CLI_CONFIG` */
export function resolveOptions(program: Program<FlagTable>, flags: FlagTable, sources: OptionSources): ResolvedOptions {
  const config = sources.configPath === undefined ? {} : readConfig(sources.configPath, flags)
  const values: Record<string, unknown> = {}
  const origins: Record<string, Origin> = {}
  for (const [key, flag] of Object.entries(flags)) {
    const variable = environmentName(program, key, flag)
    const fromLine = sources.commandLine.get(key)
    const fromEnvironment = variable === undefined ? undefined : sources.environment[variable]
    if (fromLine) [values[key], origins[key]] = [parseAll(flag, fromLine, dashed(program, key, flag)), 'flag']
    else if (fromEnvironment !== undefined && fromEnvironment !== '')
      [values[key], origins[key]] = [parseAll(flag, [fromEnvironment], variable as string), 'environment']
    else if (key in config)
      [values[key], origins[key]] = [parseAll(flag, config[key] as string[], `${sources.configPath}: ${key}`), 'config']
    else [values[key], origins[key]] = [flag.default, 'default']
  }
  return { values, origins }
}

function dashed(program: Program<FlagTable>, key: string, flag: Flag<unknown>): string {
  return `${program.syntax === 'go' ? '-' : '--'}${longName(key, flag)}`
}

function parseAll(flag: Flag<unknown>, texts: readonly string[], where: string): unknown {
  try {
    if (flag.kind === 'list') return texts.flatMap(text => flag.parse(text) as string[])
    return flag.parse(texts[texts.length - 1] as string)
  } catch (cause) {
    throw new UsageError(`${where}: ${(cause as Error).message}`, { cause })
  }
}

/** The config file as texts per key, so that one parser serves every origin. */
function readConfig(path: string, flags: FlagTable): Record<string, string[]> {
  let parsed: unknown
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new CliError('LF_CLI_CONFIG', `cannot read config ${path}: ${(cause as Error).message}`, { cause })
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new CliError('LF_CLI_CONFIG', `config ${path} is not a JSON object`)
  const texts: Record<string, string[]> = {}
  for (const [key, value] of Object.entries(parsed)) {
    if (!(key in flags)) {
      const near = nearestName(key, Object.keys(flags))
      throw new CliError(
        'LF_CLI_CONFIG',
        `config ${path}: unknown key "${key}"${near ? `; did you mean "${near}"?` : ''}`,
      )
    }
    texts[key] = (Array.isArray(value) ? value : [value]).map(item => {
      if (typeof item === 'object' && item !== null)
        throw new CliError('LF_CLI_CONFIG', `config ${path}: "${key}" must be text, a number or true/false`)
      return String(item)
    })
  }
  return texts
}
