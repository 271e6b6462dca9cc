import { decodeBase64, encodeBase64 } from '../base64.ts'
import { strictUtf8Text, utf8Bytes } from '../utf8.ts'

/** Modes of DTail as numbers in JSON. */
export const DTAIL_MODES = { tail: 2, cat: 3, grep: 4, map: 5, health: 6 } as const

/** A name of {@link DTAIL_MODES}. */
export type DtailMode = keyof typeof DTAIL_MODES

/** What an interactive session reads: one JSON object instead of commands. */
export interface SessionSpec {
  readonly mode: DtailMode
  readonly files: readonly string[]
  /** Text of {@link formatOptions}. */
  readonly options?: string | undefined
  readonly query?: string | undefined
  /** The pattern as a person wrote it. */
  readonly regex?: string | undefined
  readonly regexInvert?: boolean | undefined
  readonly timeoutSeconds?: number | undefined
}

/** `SESSION START` or `SESSION UPDATE`; with `error` set, the answer is `.syn session err <error>`. */
export interface SessionCommand {
  readonly kind: 'session'
  readonly action: 'start' | 'update' | undefined
  /** Generation that the client asks for; absent for "the next one". */
  readonly generation?: number | undefined
  readonly spec?: SessionSpec | undefined
  readonly error?: string | undefined
}

/** `SESSION START`, as command text. */
export function formatSessionStart(spec: SessionSpec): string {
  return `SESSION START ${formatSpec(spec)}`
}

/** `SESSION UPDATE`, as command text. */
export function formatSessionUpdate(spec: SessionSpec, generation?: number): string {
  return `SESSION UPDATE ${generation === undefined ? '' : `${generation} `}${formatSpec(spec)}`
}

/** The hidden answer to a session command, without its terminator. */
export function formatSessionAnswer(answer: SessionAnswer): string {
  if (answer.kind === 'error') return `.syn session err ${answer.text}`
  return `.syn session ${answer.kind === 'started' ? 'start' : 'update'} ok ${answer.generation}`
}

/** What a server says to a session command. */
export type SessionAnswer =
  | { readonly kind: 'started' | 'updated'; readonly generation: number }
  | { readonly kind: 'error'; readonly text: string }

/** Reads a hidden message that answers a session command; `undefined` for any other. */
export function parseSessionAnswer(text: string): SessionAnswer | undefined {
  const [, action, number] = /^\.syn session (start|update) ok (\d{1,15})$/.exec(text) ?? []
  if (number) return { kind: action === 'start' ? 'started' : 'updated', generation: Number(number) }
  const prefix = '.syn session err '
  return text.startsWith(prefix) ? { kind: 'error', text: text.slice(prefix.length) } : undefined
}

/** Reads the words of a `SESSION` command. Total: what is wrong becomes `error`, in the order of the fork's checks. */
export function parseSessionCommand(words: readonly string[]): SessionCommand {
  const fail = (error: string, action?: 'start' | 'update'): SessionCommand => ({ kind: 'session', action, error })
  if (words.length < 3) return fail('invalid SESSION command')
  const word = (words[1] as string).toUpperCase()
  if (word !== 'START' && word !== 'UPDATE') return fail('unknown action')
  const action = word === 'START' ? 'start' : 'update'
  let generation: number | undefined
  let payload = words[2] as string
  if (action === 'update' && words.length >= 4) {
    if (!/^\d{1,15}$/.test(payload)) return fail('invalid session generation', action)
    generation = Number(payload)
    payload = words[3] as string
  }
  const bytes = decodeBase64(payload)
  if (!bytes) return fail('invalid session payload', action)
  const spec = parseSpec(strictUtf8Text(bytes))
  if (typeof spec === 'string') return fail(spec, action)
  return { kind: 'session', action, generation, spec }
}

function formatSpec({ mode, files, options, query, regex, regexInvert, timeoutSeconds }: SessionSpec): string {
  const json = {
    mode: DTAIL_MODES[mode],
    files,
    options: options || undefined,
    query: query || undefined,
    regex: regex || undefined,
    regex_invert: regexInvert || undefined,
    timeout: timeoutSeconds || undefined,
  }
  return encodeBase64(utf8Bytes(JSON.stringify(json)))
}

/** The checked spec, or what is wrong with it. */
function parseSpec(text: string | undefined): SessionSpec | string {
  const json = parseObject(text)
  if (!json) return 'invalid session spec'
  const { mode: number, files, ...rest } = json
  const fields = specFields(rest)
  if (!fields || !isPathList(files)) return 'invalid session spec'
  const mode = (Object.keys(DTAIL_MODES) as DtailMode[]).find(name => DTAIL_MODES[name] === number)
  if (!mode)
    return typeof number === 'number' || number === undefined ? 'unsupported session mode' : 'invalid session spec'
  if (fields.query && mode !== 'map' && mode !== 'tail') return 'query sessions require map or tail mode'
  if (!fields.query && mode === 'map') return 'missing session query'
  return { mode, files: files ?? [], ...fields }
}

function parseObject(text = ''): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(text)
    const isObject = typeof json === 'object' && json !== null && !Array.isArray(json)
    return isObject ? (json as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function isPathList(value: unknown): value is readonly string[] | null | undefined {
  return (
    value === undefined || value === null || (Array.isArray(value) && value.every(path => typeof path === 'string'))
  )
}

function specFields(json: Record<string, unknown>): Omit<SessionSpec, 'mode' | 'files'> | undefined {
  const { options = '', query = '', regex = '', regex_invert: regexInvert = false, timeout: timeoutSeconds = 0 } = json
  if (typeof options !== 'string' || typeof query !== 'string' || typeof regex !== 'string') return undefined
  if (typeof regexInvert !== 'boolean' || !Number.isSafeInteger(timeoutSeconds)) return undefined
  return { options, query, regex, regexInvert, timeoutSeconds: timeoutSeconds as number }
}
