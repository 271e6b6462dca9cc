import { compilePattern } from '@logflow/match'
import {
  formatPattern,
  parseOptions,
  parsePattern,
  type DtailOptions,
  type MapCommand,
  type ReadCommand,
  type SessionSpec,
} from '@logflow/protocol'
import { parseQuery } from '@logflow/query'

/** What a spec asks for, as commands. */
export interface SpecCommands {
  /** The options of the session from now on. */
  readonly options: DtailOptions
  /** The query first, if there is one, then a command per file. */
  readonly commands: readonly (MapCommand | ReadCommand)[]
}

/**
 * The commands that a session spec stands for. They are checked here, so that a spec that cannot be served changes
 * nothing; and they are no texts, so that spaces in names and patterns stay as they are.
 *
 * @throws ProtocolError, MatchError or QueryError when options, pattern or query make no sense
 */
export function commandsOfSpec(spec: SessionSpec): SpecCommands {
  const { query = '', regex = '', regexInvert = false, timeoutSeconds = 0 } = spec
  const options = parseOptions(spec.options ?? '')
  const pattern = parsePattern(formatPattern({ pattern: regex, invert: regexInvert }))
  if (pattern.kind !== 'noop') compilePattern(pattern.pattern, { literal: pattern.literal })
  const timeout = timeoutSeconds > 0 ? { timeoutSeconds } : {}
  const mode = spec.mode === 'tail' || spec.mode === 'grep' ? spec.mode : 'cat'
  const reads = spec.files.map(path => ({ kind: 'read', mode, path, pattern, options, ...timeout }) as const)
  if (query === '') return { options, commands: reads }
  parseQuery(query)
  return { options, commands: [{ kind: 'map', query, options, ...timeout }, ...reads] }
}
