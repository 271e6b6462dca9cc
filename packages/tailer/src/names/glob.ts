import { join } from 'node:path'
import { isMissing, systemCode, TailerError } from '../errors.ts'
import type { FileSystem } from '../files/file-system.ts'
import { nodeFileSystem } from '../files/node-file-system.ts'
import { compileGlob, hasMagic, unescapeGlob } from './glob-pattern.ts'
import type { Names } from '../resting/packed-names.ts'

/** Options of {@link expandGlob}. */
export interface GlobOptions {
  /** A segment `**` matches any number of directories, links to directories not entered. @defaultValue false */
  readonly globstar?: boolean | undefined
  /** @defaultValue the files of this machine */
  readonly fileSystem?: FileSystem | undefined
}

/** Names in one directory; `prefix` and a name are a path. */
export interface NamesAt {
  readonly prefix: string
  readonly names: Names
}

/** The names in a directory that match, sorted. */
export type Lister<Found extends Names = Names> = (
  directory: string,
  matches: (name: string) => boolean,
) => Promise<Found>

/**
 * The paths that a pattern names now, sorted by name within each directory. Segment by segment: `*` and `?` stop at
 * `/`, `[a-z]` and `[^a-z]` are classes, `\` takes the next character as it is, names that begin with a dot match `*`.
 * Without magic characters the path itself, if it exists. Directories that cannot be read match nothing.
 *
 * Rules: Go's `path/filepath.Glob`, which DTail's users write for.
 *
 * @throws TailerError `LF_TAILER_GLOB` on a pattern that is not well-formed
 */
export async function expandGlob(
  pattern: string,
  { globstar = false, fileSystem = nodeFileSystem }: GlobOptions = {},
): Promise<string[]> {
  const list = listerOf(fileSystem)
  const found: string[] = []
  for await (const { prefix, names } of matchesOf(pattern, { globstar, fileSystem, list })) {
    for (const name of names) found.push(prefix + name)
  }
  return found
}

/** What {@link matchesOf} asks. */
export interface Matching {
  readonly globstar: boolean
  readonly fileSystem: FileSystem
  readonly list: Lister
}

/** As {@link expandGlob}, one directory after the other. @throws TailerError `LF_TAILER_GLOB` */
export async function* matchesOf(pattern: string, matching: Matching): AsyncGenerator<NamesAt, void, undefined> {
  if (!hasMagic(pattern)) {
    const path = unescapeGlob(pattern)
    if (await exists(path, matching.fileSystem)) yield { prefix: '', names: [path] }
    return
  }
  const segments = pattern.split('/').filter(segment => segment !== '')
  yield* matchesBelow(pattern.startsWith('/') ? '/' : '', segments, matching)
}

async function* matchesBelow(
  parent: string,
  [segment = '', ...rest]: readonly string[],
  matching: Matching,
): AsyncGenerator<NamesAt, void, undefined> {
  const { globstar, fileSystem, list } = matching
  const last = rest.length === 0
  if (globstar && segment === '**') {
    const found = await descend(parent, { files: last, fileSystem })
    if (last) yield { prefix: '', names: found }
    else for (const directory of found) yield* matchesBelow(directory, rest, matching)
  } else if (!hasMagic(segment)) {
    const path = under(parent, unescapeGlob(segment))
    if (!last) yield* matchesBelow(path, rest, matching)
    else if (await exists(path, fileSystem)) yield { prefix: '', names: [path] }
  } else {
    const at = { prefix: prefixOf(parent), names: await list(parent, compileGlob(segment)) }
    if (last) yield at
    else for (const name of at.names) yield* matchesBelow(at.prefix + name, rest, matching)
  }
}

/** Every directory at and below `parent`; or everything below it, when `files` is set. */
async function descend(
  parent: string,
  options: { readonly files: boolean; readonly fileSystem: FileSystem },
  found: string[] = [],
): Promise<string[]> {
  const { files, fileSystem } = options
  if (!files) found.push(parent)
  let entries
  try {
    entries = [...(await fileSystem.readEntries(parent === '' ? '.' : parent))]
  } catch (error) {
    ignoreUnreadable(error)
    return found
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const entry of entries) {
    const path = under(parent, entry.name)
    if (files) found.push(path)
    if (entry.isDirectory()) await descend(path, options, found)
  }
  return found
}

/** Asks the file system each time. */
export function listerOf(fileSystem: FileSystem): Lister<readonly string[]> {
  return async (directory, matches) => {
    try {
      return (await fileSystem.readdir(directory === '' ? '.' : directory)).filter(matches).sort()
    } catch (error) {
      ignoreUnreadable(error)
      return []
    }
  }
}

/** A directory that is missing, not a directory or forbidden holds nothing for us; anything else is told. */
function ignoreUnreadable(error: unknown): void {
  const code = systemCode(error)
  if (isMissing(error) || code === 'EACCES' || code === 'EPERM') return
  throw new TailerError('LF_TAILER_OPEN', 'cannot list a directory', { cause: error, detail: { code } })
}

async function exists(path: string, fileSystem: FileSystem): Promise<boolean> {
  try {
    await fileSystem.lstat(path)
    return true
  } catch {
    return false
  }
}

function under(parent: string, name: string): string {
  return parent === '' ? name : join(parent, name)
}

/** What is to be put before the names in a directory: joined once, not for each of thousands. */
export function prefixOf(directory: string): string {
  return under(directory, 'x').slice(0, -1)
}
