import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { IgnoreRule } from '@logflow/serve'
import ignore from 'ignore'

const MAX_IGNORE_BYTES = 1024 * 1024

/** The `.ignore` file (gitignore syntax) at the top of a directory, read again whenever it has changed. */
export function ignoreFile(directory: string): () => Promise<IgnoreRule> {
  const path = join(directory, '.ignore')
  let known = ''
  let rule: IgnoreRule = () => false
  return async () => {
    const facts = await stat(path, { bigint: true }).catch(() => undefined)
    const version = facts ? `${facts.ino}:${facts.mtimeNs}:${facts.size}` : ''
    if (version === known) return rule
    // A file that is too large, or no file, must not silently serve everything.
    if (facts && (!facts.isFile() || facts.size > MAX_IGNORE_BYTES)) rule = () => true
    else if (facts) rule = parse(await readFile(path, 'utf8'))
    else rule = () => false
    known = version
    return rule
  }
}

function parse(text: string): IgnoreRule {
  const rules = ignore().add(text)
  return path => rules.ignores(path)
}
