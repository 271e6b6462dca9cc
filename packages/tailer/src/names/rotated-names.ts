import { basename, dirname, extname, join } from 'node:path'

/**
 * Whether a name looks like an older `base`: `app.log.1`, `app.log-20261120`, `app.log~`, or for `app.log` also
 * `app.1.log` and `app-2026-11-20.log`. Not `app-errors.log`, which is another log.
 */
export function isRotatedName(name: string, base: string): boolean {
  if (name === base) return false
  if (name.startsWith(base)) return /^[.\-_~]/.test(name.slice(base.length))
  const extension = extname(base)
  const stem = startOfRotated(base)
  if (extension === '' || !name.startsWith(stem) || !name.endsWith(extension)) return false
  return /^[.\-_]\d/.test(name.slice(stem.length, name.length - extension.length))
}

/** How every name begins that {@link isRotatedName} takes for an older `base`. */
export function startOfRotated(base: string): string {
  return base.slice(0, base.length - extname(base).length)
}

/** Every name that `name` may be a rotated one of, as {@link isRotatedName} has it. */
export function baseNamesOf(name: string): string[] {
  const extension = extname(name)
  const stem = name.slice(0, name.length - extension.length)
  const bases: string[] = []
  for (let at = 1; at < name.length; at++) {
    if (!/[.\-_~]/.test(name[at] as string)) continue
    bases.push(name.slice(0, at))
    if (at < stem.length) bases.push(stem.slice(0, at) + extension)
  }
  return bases.filter(base => isRotatedName(name, base))
}

/** As {@link baseNamesOf}, of a path. */
export function basePathsOf(path: string): string[] {
  const directory = dirname(path)
  return baseNamesOf(basename(path)).map(base => join(directory, base))
}
