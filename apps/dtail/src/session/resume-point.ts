import {
  parseResumePoints,
  RESUME_OPTION,
  type ReadCommand,
  type ResumePoint,
  type ResumePoints,
} from '@logflow/protocol'

const parsed = new WeakMap<ReadCommand, { readonly told: ResumePoints; readonly byPath: Map<string, ResumePoint> }>()

/** What a client that comes back says of its former session; `undefined` when it begins. */
export function resumePointsOf(command: ReadCommand): ResumePoints | undefined {
  return look(command)?.told
}

/** How far the client has come with the file that was found under `path`. */
export function resumePointOf(command: ReadCommand, path: string): ResumePoint | undefined {
  return look(command)?.byPath.get(path)
}

function look(command: ReadCommand): ReturnType<(typeof parsed)['get']> {
  const text = command.options.other?.get(RESUME_OPTION)
  if (text === undefined) return undefined
  const known = parsed.get(command)
  if (known) return known
  const told = parseResumePoints(text)
  if (!told) return undefined
  const entry = { told, byPath: new Map(told.points.map(point => [point.path, point])) }
  parsed.set(command, entry)
  return entry
}
