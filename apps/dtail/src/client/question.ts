import {
  cleanPath,
  formatCommand,
  formatPattern,
  formatResumePoints,
  RESUME_OPTION,
  type DtailOptions,
  type ResumePoints,
} from '@logflow/protocol'

/** What a person asks, of servers or of this machine. */
export interface Question {
  readonly mode: 'tail' | 'cat' | 'grep'
  readonly files: readonly string[]
  readonly pattern: string
  readonly invert: boolean
  readonly options: DtailOptions
  /** Aggregate instead of lines. */
  readonly query?: string | undefined
  readonly timeoutSeconds: number
}

/** The commands that ask it, in order. @throws ProtocolError for a file name that the protocol cannot carry */
export function commandsOf(question: Question): string[] {
  const { mode, files, pattern, invert, options, query, timeoutSeconds } = question
  const regex = formatPattern({ pattern, invert })
  const map = query === undefined ? [] : [formatCommand({ kind: 'map', query, options: sessionOptions(options) })]
  const reads = files.map(path => formatCommand({ kind: 'read', mode, path, pattern: regex, options, timeoutSeconds }))
  return [...map, ...reads]
}

/**
 * The same for a server whose answer broke off. `undefined` when a file that was begun is asked for more than once: then
 * it cannot be said how far each of the readings came.
 */
export async function commandsToResume(question: Question, points: ResumePoints): Promise<string[] | undefined> {
  if (await isAskedTwice(question.files, points)) return undefined
  const other = new Map([...(question.options.other ?? []), [RESUME_OPTION, formatResumePoints(points)] as const])
  return commandsOf({ ...question, options: { ...question.options, other } })
}

/** What tells whether a pattern is about a file is loaded only when there are several. */
async function isAskedTwice(files: readonly string[], { points }: ResumePoints): Promise<boolean> {
  if (files.length < 2) return false
  const { matchesGlob } = await import('@logflow/tailer')
  const isAbout = (file: string, path: string): boolean => {
    try {
      return file === path || matchesGlob(file, path)
    } catch {
      return false // no pattern, which finds nothing
    }
  }
  const patterns = files.map(cleanPath)
  return points.some(({ path }) => patterns.filter(pattern => isAbout(pattern, path)).length > 1)
}

/** The options that a session takes from its first command. */
function sessionOptions({ plain, quiet, serverless }: DtailOptions): DtailOptions {
  return { plain, quiet, serverless }
}
