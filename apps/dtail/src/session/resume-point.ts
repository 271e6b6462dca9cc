import type { Delivery } from '@logflow/core'
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

/**
 * What there is to say of a file that was begun and is not there any more, or not for this reader: what was not sent of
 * it is missing, as far as anybody knows.
 */
export function lostBehind({ path, token, size }: ResumePoint, host: string): readonly Delivery[] {
  const source = { host, path, id: token.sourceId }
  const to = Math.max(token.offset, size)
  return [
    { kind: 'gap', source, from: token.offset, to, reason: 'rotated' },
    { kind: 'event', source, event: 'ended' },
  ]
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
