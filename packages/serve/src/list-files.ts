import { lstat, opendir } from 'node:fs/promises'
import { join } from 'node:path'
import type { IgnoreRule } from './served-path.ts'

/** Bounds of a listing: beyond them a directory is cut off. */
export const MAX_LISTED_FILES = 100_000
const MAX_DEPTH = 64

/** What is served below a directory. */
export interface Listing {
  /** Relative, with `/`, sorted by bytes. */
  readonly paths: readonly string[]
  /** Whether there was more than {@link MAX_LISTED_FILES}, or deeper than 64 levels. */
  readonly cut: boolean
}

/** Every regular file that is neither hidden nor ignored. Links are left out, as are names that would break a line. */
export async function listFiles(root: string, ignored: IgnoreRule): Promise<Listing> {
  const paths: string[] = []
  const folders: { readonly path: string; readonly depth: number }[] = [{ path: '', depth: 0 }]
  let cut = false
  for (let folder = folders.pop(); folder; folder = folders.pop()) {
    const entries = await opendir(join(root, folder.path)).catch(() => undefined) // gone meanwhile, or not readable
    if (!entries) continue
    for await (const entry of entries) {
      const path = folder.path === '' ? entry.name : `${folder.path}/${entry.name}`
      if (entry.name.startsWith('.') || entry.name.includes('\n')) continue
      if (entry.isDirectory() && !ignored(`${path}/`)) {
        if (folder.depth < MAX_DEPTH) folders.push({ path, depth: folder.depth + 1 })
        else cut = true
      } else if (entry.isFile() && !ignored(path)) {
        if (paths.length < MAX_LISTED_FILES) paths.push(path)
        else cut = true
      }
    }
  }
  return { paths: paths.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))), cut }
}

/** A line of a listing: the path, and before it size and time of the last change when it is `long`. */
export function listedLine(path: string, facts?: { readonly size: number; readonly mtime: Date }): string {
  return facts ? `${facts.size} ${facts.mtime.toISOString()} ${path}\n` : `${path}\n`
}

/** The lines of a listing of `root`. A file that is gone by now has none in a long one. */
export async function listingText(root: string, paths: readonly string[], long: boolean): Promise<string> {
  if (!long) return paths.map(path => listedLine(path)).join('')
  let text = ''
  for (const path of paths) {
    const facts = await lstat(join(root, path)).catch(() => undefined)
    if (facts?.isFile()) text += listedLine(path, facts)
  }
  return text
}
