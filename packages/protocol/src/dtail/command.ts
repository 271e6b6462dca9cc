import { decodeBase64 } from '../base64.ts'
import { ProtocolError } from '../errors.ts'
import { CLOSE_ACKNOWLEDGE, MAX_COMMAND_TIMEOUT_SECONDS } from './constants.ts'
import { formatNativeTerms, parseNativeTerms, type NativeTerms } from '../native/native-terms.ts'
import { NATIVE_COMMAND } from '../native/session.ts'
import { formatOptions, goInteger, parseOptions, type DtailOptions } from './options.ts'
import { parsePattern, type DtailPattern } from './pattern.ts'
import { parseSessionCommand, type SessionCommand } from './session.ts'

/** Read files: `tail`, `cat` or `grep`. One command per file or glob. */
export interface ReadCommand {
  readonly kind: 'read'
  readonly mode: 'tail' | 'cat' | 'grep'
  readonly options: DtailOptions
  /** Path or glob as the client wrote it; may be empty (original clients without files). */
  readonly path: string
  readonly pattern: DtailPattern
  /** The read is cancelled after this many seconds. */
  readonly timeoutSeconds?: number | undefined
}

/** Aggregate what the read commands of the session read. */
export interface MapCommand {
  readonly kind: 'map'
  readonly options: DtailOptions
  readonly query: string
  /** The query is cancelled after this many seconds. */
  readonly timeoutSeconds?: number | undefined
}

/** Remember a public key for the next login. `key` is the raw key blob, `error` is the text to answer instead. */
export interface AuthkeyCommand {
  readonly kind: 'authkey'
  readonly key: Uint8Array | undefined
  readonly error?: 'missing public key' | 'invalid base64' | undefined
}

/** A known command that cannot be executed; `text` is what the original logs and answers, without its prefix. */
export interface InvalidCommand {
  readonly kind: 'invalid'
  readonly name: string
  readonly severity: 'WARN' | 'ERROR'
  readonly text: string
  /** A `quiet` session does not hear of it. */
  readonly unlessQuiet: boolean
}

/** A command nobody knows; `text` is what the original logs and answers, without its prefix. */
export interface UnknownCommand {
  readonly kind: 'unknown'
  readonly name: string
  readonly text: string
}

/** One command of a session, told apart by `kind`. */
export type DtailCommand =
  | ReadCommand
  | MapCommand
  | AuthkeyCommand
  | SessionCommand
  | InvalidCommand
  | UnknownCommand
  | { readonly kind: 'acknowledge-close' }
  | { readonly kind: 'health' }
  /** Answer in frames from now on, see `NATIVE_STARTED`. */
  | { readonly kind: 'native'; readonly terms: NativeTerms }

/** What {@link formatCommand} can write; `pattern` is text of {@link formatPattern}. */
export type CommandInit =
  | {
      readonly kind: 'read'
      readonly mode: 'tail' | 'cat' | 'grep'
      readonly path: string
      readonly pattern: string
      readonly options?: DtailOptions | undefined
      readonly timeoutSeconds?: number | undefined
    }
  | { readonly kind: 'map'; readonly query: string; readonly options?: DtailOptions | undefined }
  | { readonly kind: 'authkey'; readonly key: string }
  | { readonly kind: 'acknowledge-close' }
  | { readonly kind: 'health' }
  | { readonly kind: 'native'; readonly terms?: NativeTerms | undefined }

/**
 * A command as text, to be framed by `encodeCommandFrame`. With a timeout the options are left out, as in DTail: its
 * server does not look for them there.
 *
 * @throws ProtocolError `LF_PROTOCOL_UNENCODABLE` for a path with a space, which the protocol cannot carry
 */
export function formatCommand(command: CommandInit): string {
  switch (command.kind) {
    case 'read': {
      const { mode, path, pattern, options = {}, timeoutSeconds = 0 } = command
      if (path.includes(' ')) {
        throw new ProtocolError('LF_PROTOCOL_UNENCODABLE', 'DTail cannot carry a file name with a space')
      }
      if (timeoutSeconds > 0) return `timeout ${timeoutSeconds} ${mode} ${path} ${pattern}`
      return `${mode}:${formatOptions(options)} ${path} ${pattern}`
    }
    case 'map':
      return `map:${formatOptions(command.options ?? {})} ${command.query}`
    case 'authkey':
      return `AUTHKEY ${command.key}`
    case 'acknowledge-close':
      return CLOSE_ACKNOWLEDGE
    case 'health':
      return 'health'
    case 'native':
      return NATIVE_COMMAND + formatNativeTerms(command.terms ?? {})
  }
}

/**
 * Reads a command. Total: what cannot be executed comes back as `invalid` or `unknown` with the text to answer.
 * Arguments are what stands between single spaces, so two spaces make an empty one.
 */
export function parseCommand(text: string): DtailCommand {
  const words = text.split(' ')
  if (words[0] === 'timeout' && words.length >= 3) return parseTimed(words)
  return parseWords(words)
}

function parseTimed(words: readonly string[]): DtailCommand {
  const rest = words.slice(2)
  let seconds: number
  try {
    seconds = goInteger(words[1] as string)
  } catch (error) {
    const text = `invalid timeout value ${JSON.stringify(words[1])}: ${(error as Error).message}`
    return invalid('timeout', text)
  }
  if (seconds > MAX_COMMAND_TIMEOUT_SECONDS) {
    const text = `timeout value ${seconds} exceeds maximum of ${MAX_COMMAND_TIMEOUT_SECONDS} seconds`
    return invalid('timeout', text)
  }
  const command = parseWords(rest)
  const timed = command.kind === 'read' || command.kind === 'map'
  return timed && seconds > 0 ? { ...command, timeoutSeconds: seconds } : command
}

function parseWords(words: readonly string[]): DtailCommand {
  const head = words[0] as string
  const colon = head.indexOf(':')
  const name = colon === -1 ? head : head.slice(0, colon)
  const optionText = colon === -1 ? '' : head.slice(colon + 1)
  switch (name) {
    case 'tail':
    case 'cat':
    case 'grep':
      return attempt(name, () => parseRead(name, optionText, words))
    case 'map':
      return attempt(name, () => ({
        kind: 'map',
        options: parseOptions(optionText),
        query: words.slice(1).join(' '),
      }))
    case '.ack':
      if (words.join(' ') === CLOSE_ACKNOWLEDGE) return { kind: 'acknowledge-close' }
      return { ...unparsable(name, words), unlessQuiet: true }
    case 'AUTHKEY':
    case 'authkey':
      return parseAuthkey(words)
    case 'SESSION':
    case 'session':
      return parseSessionCommand(words)
    case 'health':
      return { kind: 'health' }
    default:
      return words.slice(0, 2).join(' ') === NATIVE_COMMAND
        ? { kind: 'native', terms: parseNativeTerms(words.slice(2)) }
        : unknown(name, words)
  }
}

function parseRead(mode: ReadCommand['mode'], optionText: string, words: readonly string[]): DtailCommand {
  const options = parseOptions(optionText)
  if (words.length < 3) return unparsable(mode, words)
  try {
    const pattern = words.length === 3 ? parsePattern('') : parsePattern(words.slice(2).join(' '))
    return { kind: 'read', mode, options, path: words[1] as string, pattern }
  } catch (error) {
    return invalid(mode, `Unable to parse command|${(error as Error).message}`)
  }
}

function parseAuthkey(words: readonly string[]): AuthkeyCommand {
  const text = words[1] ?? ''
  if (text === '') return { kind: 'authkey', key: undefined, error: 'missing public key' }
  const key = decodeBase64(text)
  return key ? { kind: 'authkey', key } : { kind: 'authkey', key, error: 'invalid base64' }
}

function attempt(name: string, parse: () => DtailCommand): DtailCommand {
  try {
    return parse()
  } catch (error) {
    if (error instanceof ProtocolError) return invalid(name, error.message)
    throw error
  }
}

function invalid(name: string, text: string): InvalidCommand {
  return { kind: 'invalid', name, severity: 'ERROR', text, unlessQuiet: false }
}

function unknown(name: string, words: readonly string[]): UnknownCommand {
  const text = `Received unknown user command|${name}|${words.length}|[${words.join(' ')}]`
  return { kind: 'unknown', name, text }
}

function unparsable(name: string, words: readonly string[]): InvalidCommand {
  const text = `Unable to parse command|[${words.join(' ')}]|${words.length}`
  return { kind: 'invalid', name, severity: 'WARN', text, unlessQuiet: false }
}
