import { join } from 'node:path'
import { isMissing, systemCode, TailerError } from './errors.ts'
import type { FileSystem } from './file-system.ts'
import { nodeFileSystem } from './node-file-system.ts'
import { compileGlob, hasMagic, unescapeGlob } from './glob-pattern.ts'

/** Options of {@link expandGlob}. */
export interface GlobOptions {
  /** A segment `**` matches any number of directories, links to directories not entered. @defaultValue false */
  readonly globstar?: boolean | undefined
  /** @defaultValue the files of this machine */
  readonly fileSystem?: FileSystem | undefined
}

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
  if (!hasMagic(pattern)) return (await exists(unescapeGlob(pattern), fileSystem)) ? [unescapeGlob(pattern)] : []
  const absolute = pattern.startsWith('/')
  const segments = pattern.split('/').filter(segment => segment !== '')
  let found = [absolute ? '/' : '']
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1
    found = await step(found, segment, { last, globstar, fileSystem })
    if (found.length === 0) break
  }
  return found
}

interface Step {
  readonly last: boolean
  readonly globstar: boolean
  readonly fileSystem: FileSystem
}

async function step(
  parents: readonly string[],
  segment: string,
  { last, globstar, fileSystem }: Step,
): Promise<string[]> {
  const found: string[] = []
  if (globstar && segment === '**') {
    for (const parent of parents) await descend(parent, { files: last, fileSystem }, found)
    return found
  }
  const matches = hasMagic(segment) ? compileGlob(segment) : undefined
  for (const parent of parents) {
    if (!matches) {
      const path = under(parent, unescapeGlob(segment))
      if (!last || (await exists(path, fileSystem))) found.push(path)
      continue
    }
    for (const name of await names(parent, fileSystem)) if (matches(name)) found.push(under(parent, name))
  }
  return found
}

/** Every directory at and below `parent`, and everything in them when `files` is set. */
async function descend(
  parent: string,
  options: { readonly files: boolean; readonly fileSystem: FileSystem },
  found: string[],
): Promise<void> {
  const { files, fileSystem } = options
  if (!files) found.push(parent)
  let entries
  try {
    entries = [...(await fileSystem.readEntries(parent === '' ? '.' : parent))]
  } catch (error) {
    return ignoreUnreadable(error)
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const entry of entries) {
    const path = under(parent, entry.name)
    if (files) found.push(path)
    if (entry.isDirectory()) await descend(path, options, found)
  }
}

async function names(directory: string, fileSystem: FileSystem): Promise<string[]> {
  try {
    return (await fileSystem.readdir(directory === '' ? '.' : directory)).sort()
  } catch (error) {
    ignoreUnreadable(error)
    return []
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
