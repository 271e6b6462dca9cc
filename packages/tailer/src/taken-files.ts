import { claimKeyOf, type FileIdentity } from './identity.ts'
import type { GenerationBase, OpenedSibling, Sibling } from './siblings.ts'

/** Enough for every sibling that a path has at one time. */
const MAX_OPENED = 10_000

/** Its bytes will be delivered: whoever finds it as a copy need not. */
export function rememberOpened({ opened }: GenerationBase, identity: FileIdentity): void {
  opened.add(claimKeyOf(identity))
  if (opened.size > MAX_OPENED) opened.delete(opened.values().next().value as string)
}

/** It is not what it was taken for: whoever finds it next may have it. */
export function disown({ opened, release }: GenerationBase, { identity }: { readonly identity: FileIdentity }): void {
  opened.delete(claimKeyOf(identity))
  release(claimKeyOf(identity))
}

/** Writes down whether a claimed file is a part of what was read. */
export function notePart({ identity }: OpenedSibling, part: boolean, { parts }: Pick<GenerationBase, 'parts'>): void {
  if (part) parts.set(claimKeyOf(identity), identity.size)
  else parts.delete(claimKeyOf(identity))
  if (parts.size > MAX_OPENED) parts.delete(parts.keys().next().value as string)
}

/** Whether a part of what was read is another size than when it was asked about. */
export function hasGrown(sibling: Sibling, { parts }: GenerationBase): boolean {
  const size = parts.get(claimKeyOf(sibling))
  return size !== undefined && size !== sibling.size
}
