import { nearestName } from '@logflow/core'
import type { RuleDefinition } from '@logflow/record'
import { GrinderError } from '../errors.ts'

/** A rule as grinder knows it: what @logflow/record makes events of, and what happens to the events. */
export interface GrindRule extends RuleDefinition {
  /**
   * `false`: events only count in the series and are not written to the event log. For what happens all the time.
   *
   * @defaultValue true
   */
  readonly keep?: boolean | undefined
  /** Labels that split the series of this rule; few values each, or the rest becomes `other`. @defaultValue none */
  readonly by?: readonly string[] | undefined
}

const KEYS = ['name', 'pattern', 'literal', 'numbers', 'labels', 'fields', 'keep', 'by']

/**
 * Reads the content of a rule file: an array of rules, or an object with the array under `rules`. Looks at what is
 * grinder's own; the rest is checked by `compileRules`.
 *
 * @throws GrinderError `LF_GRINDER_RULES` naming the rule and the nearest known key
 */
export function parseRuleFile(text: string, path: string): GrindRule[] {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new GrinderError('LF_GRINDER_RULES', `${path} is not JSON`, { cause, detail: { path } })
  }
  const list = Array.isArray(json) ? (json as unknown[]) : (json as { rules?: unknown } | null)?.rules
  if (!Array.isArray(list)) throw wrong(path, 'needs an array of rules, or an object with one under "rules"')
  return list.map((item: unknown, index) => checkRule(item, `${path}: rule ${nameOf(item) ?? `#${index + 1}`}`))
}

function checkRule(item: unknown, where: string): GrindRule {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) throw wrong(where, 'is not an object')
  for (const key of Object.keys(item)) {
    if (KEYS.includes(key)) continue
    const nearest = nearestName(key, KEYS)
    const hint = nearest === undefined ? `known are ${KEYS.join(', ')}` : `did you mean ${nearest}?`
    throw wrong(where, `unknown key ${JSON.stringify(key)}, ${hint}`)
  }
  const { keep = true, by = [] } = item as { keep?: unknown; by?: unknown }
  if (typeof keep !== 'boolean') throw wrong(where, 'keep is neither true nor false')
  if (!Array.isArray(by) || !by.every(label => typeof label === 'string'))
    throw wrong(where, 'by is not an array of texts')
  return { ...(item as GrindRule), keep, by }
}

function nameOf(item: unknown): string | undefined {
  const name = (item as { name?: unknown } | null)?.name
  return typeof name === 'string' ? name : undefined
}

function wrong(where: string, problem: string): GrinderError {
  return new GrinderError('LF_GRINDER_RULES', `${where} ${problem}`)
}
