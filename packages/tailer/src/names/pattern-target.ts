import { hasMagic, unescapeGlob } from './glob-pattern.ts'
import { listerOf, matchesOf, type NamesAt } from './glob.ts'
import type { ResolvedFollowOptions } from '../options.ts'
import { isPackedName } from './packed-name.ts'
import { RememberedFolders } from './remembered-folders.ts'

/** Where the files of one pattern are looked for. */
export interface Target {
  readonly pattern: string
  /** It names one file, which is awaited when it is not there. */
  readonly sure: boolean
  /** What may be new of what it matches now. */
  readonly matches: () => AsyncIterable<NamesAt> | Iterable<NamesAt>
}

/**
 * `isKnown` is whether a path needs no further look. What a wildcard finds and is packed is a rotated file of another name,
 * and is looked for beside that: its bytes are no lines.
 */
export function targetOf(pattern: string, options: ResolvedFollowOptions, isKnown: (path: string) => boolean): Target {
  if (!hasMagic(pattern)) {
    const names = [unescapeGlob(pattern)]
    return { pattern, sure: true, matches: () => [{ prefix: '', names }] }
  }
  const { fileSystem, globstar, watch, clock } = options
  // On another machine's files the time of a folder's last change says little: its clock is another one.
  if (!watch || (globstar && pattern.includes('**'))) {
    const matching = { globstar, fileSystem, list: listerOf(fileSystem) }
    return { pattern, sure: false, matches: () => withoutPacked(matchesOf(pattern, matching)) }
  }
  const listAll = listerOf(fileSystem)
  const list = (directory: string, matches: (name: string) => boolean): Promise<readonly string[]> =>
    listAll(directory, name => !isPackedName(name) && matches(name))
  const folders = new RememberedFolders({ pattern, fileSystem, list, clock, isKnown })
  return { pattern, sure: false, matches: () => folders.matches() }
}

async function* withoutPacked(found: AsyncIterable<NamesAt>): AsyncGenerator<NamesAt, void, undefined> {
  for await (const { prefix, names } of found) yield { prefix, names: [...names].filter(name => !isPackedName(name)) }
}
