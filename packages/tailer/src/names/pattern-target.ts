import { hasMagic, unescapeGlob } from './glob-pattern.ts'
import { listerOf, matchesOf, type NamesAt } from './glob.ts'
import type { ResolvedFollowOptions } from '../options.ts'
import { RememberedFolders } from './remembered-folders.ts'

/** Where the files of one pattern are looked for. */
export interface Target {
  readonly pattern: string
  /** It names one file, which is awaited when it is not there. */
  readonly sure: boolean
  /** What may be new of what it matches now. */
  readonly matches: () => AsyncIterable<NamesAt> | Iterable<NamesAt>
}

/** `isKnown` is whether a path needs no further look. */
export function targetOf(pattern: string, options: ResolvedFollowOptions, isKnown: (path: string) => boolean): Target {
  if (!hasMagic(pattern)) {
    const names = [unescapeGlob(pattern)]
    return { pattern, sure: true, matches: () => [{ prefix: '', names }] }
  }
  const { fileSystem, globstar, watch, clock } = options
  // On another machine's files the time of a folder's last change says little: its clock is another one.
  if (!watch || (globstar && pattern.includes('**'))) {
    const matching = { globstar, fileSystem, list: listerOf(fileSystem) }
    return { pattern, sure: false, matches: () => matchesOf(pattern, matching) }
  }
  const folders = new RememberedFolders({ pattern, fileSystem, clock, isKnown })
  return { pattern, sure: false, matches: () => folders.matches() }
}
