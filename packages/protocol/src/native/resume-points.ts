import { formatResumeToken, parseResumeToken, type ResumeToken } from '@logflow/core'

/** Option of a read command that says how far the client has come with each file, see {@link formatResumePoints}. */
export const RESUME_OPTION = 'resume'

/** How far a client has come with one file that an earlier session of its read. */
export interface ResumePoint {
  /** As the server named it. */
  readonly path: string
  /** Where to go on. */
  readonly token: ResumeToken
  /** Bytes that the file had when it was opened; 0 when that is not known. */
  readonly size: number
  /** 1-based number of the next line; 0 when lines were not counted. */
  readonly nextLine: number
  /** Nothing is missing of it: it was read to its end. */
  readonly done: boolean
}

/** What a client tells a server so that nothing is lost or sent twice. */
export interface ResumePoints {
  readonly points: readonly ResumePoint[]
  /** When the server opened its first file for this client, by its own clock, ms since 1970: what is born later is new. */
  readonly sinceMs: number
}

/** The value of {@link RESUME_OPTION}: JSON. @throws CoreError `LF_CORE_RESUME_TOKEN` for a token that is none */
export function formatResumePoints({ points, sinceMs }: ResumePoints): string {
  const rows = points.map(({ path, token, size, nextLine, done }) => [
    path,
    formatResumeToken(token),
    size,
    nextLine,
    done ? 1 : 0,
  ])
  return JSON.stringify([sinceMs, ...rows])
}

/** Reads what {@link formatResumePoints} wrote; `undefined` for anything else. */
export function parseResumePoints(text: string): ResumePoints | undefined {
  try {
    const [sinceMs, ...rows] = JSON.parse(text) as unknown[]
    return { sinceMs: number(sinceMs), points: rows.map(pointOf) }
  } catch {
    return undefined // no JSON, or another shape
  }
}

function pointOf(row: unknown): ResumePoint {
  const [path, token, size, nextLine, done] = row as readonly unknown[]
  if (typeof path !== 'string' || typeof token !== 'string') throw new TypeError('no resume point')
  return { path, token: parseResumeToken(token), size: number(size), nextLine: number(nextLine), done: done === 1 }
}

function number(value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new TypeError('no number')
  return value as number
}
