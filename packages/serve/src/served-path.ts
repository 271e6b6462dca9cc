import { realpath, stat } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'
import { ServeError } from './errors.ts'

/** Whether a path below the served directory, with `/` between its parts, is neither listed nor served. */
export type IgnoreRule = (relativePath: string) => boolean

/** What a request was found to mean. */
export interface ServedPath {
  /** Without links, below the root. */
  readonly realPath: string
  /** Device and inode of the regular file there. */
  readonly inode: string
}

const MAX_PATH_BYTES = 4096

/**
 * What `requested` means below `realRoot`, which has no links in it. Refused: absolute paths, `..`, NUL, links that
 * lead out, hidden and ignored parts, and everything that is no regular file. Nothing is opened.
 *
 * @throws ServeError `LF_SERVE_PATH`, worded for the client: it never says more than that the path is not served
 */
export async function resolveServedPath(realRoot: string, requested: string, ignored: IgnoreRule): Promise<ServedPath> {
  const parts = requested.split('/')
  if (isAbsolute(requested) || requested.includes('\0') || parts.includes('..'))
    throw refused('path leaves the directory')
  if (Buffer.byteLength(requested) > MAX_PATH_BYTES) throw refused('path is too long')
  if (parts.some(part => part === '' || part === '.') || isHidden(requested, ignored)) throw refused('no such file')
  try {
    const realPath = await realpath(join(realRoot, requested))
    const inside = relative(realRoot, realPath).split(sep).join('/')
    if (inside === '' || inside.startsWith('../') || isAbsolute(inside)) throw refused('path leaves the directory')
    if (isHidden(inside, ignored)) throw refused('no such file')
    const facts = await stat(realPath, { bigint: true })
    if (!facts.isFile()) throw refused('not a regular file')
    return { realPath, inode: `${facts.dev}:${facts.ino}` }
  } catch (error) {
    if (error instanceof ServeError) throw error
    throw refused('no such file', error)
  }
}

/** A dot at the start of a part hides; a rule hides the path and everything below it. */
export function isHidden(relativePath: string, ignored: IgnoreRule): boolean {
  const parts = relativePath.split('/')
  if (parts.some(part => part.startsWith('.'))) return true
  return parts.some((_, at) => ignored(parts.slice(0, at + 1).join('/') + (at < parts.length - 1 ? '/' : '')))
}

function refused(message: string, cause?: unknown): ServeError {
  return new ServeError('LF_SERVE_PATH', message, cause === undefined ? {} : { cause })
}
