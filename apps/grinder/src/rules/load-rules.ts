import { readFile } from 'node:fs/promises'
import { GrinderError } from '../errors.ts'
import { defaultRules } from './default-rules.ts'
import { parseRuleFile, type GrindRule } from './rule-file.ts'

/** The rules in `path`, or the built-in ones. @throws GrinderError `LF_GRINDER_RULES` */
export async function loadRules(path: string | undefined): Promise<readonly GrindRule[]> {
  if (path === undefined) return defaultRules
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    throw new GrinderError('LF_GRINDER_RULES', `cannot read the rules ${path}`, { cause, detail: { path } })
  }
  return parseRuleFile(text, path)
}
