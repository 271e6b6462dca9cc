import { nearestName } from '@logflow/core'
import { RecordError } from './errors.ts'
import { MAX_PATTERN_BYTES, MAX_RULES } from './limits.ts'

/** One rule as a person writes it, in JSON. */
export interface RuleDefinition {
  /** Name of the events: letters, digits and `_ . : -`, unique in its set. */
  readonly name: string
  /** RE2 syntax. Each named group `(?P<name>...)` becomes a label, or a number when `numbers` names it. */
  readonly pattern: string
  /** Text that every matching record contains. Checked first, and cheap: most records end here. */
  readonly literal?: string | undefined
  /** Groups that are numbers. A capture that does not read as a finite number becomes a label after all. */
  readonly numbers?: readonly string[] | undefined
  /** Labels that every event of the rule has. */
  readonly labels?: Readonly<Record<string, string>> | undefined
  /** Fields of the record that become labels, where the record has them. */
  readonly fields?: readonly string[] | undefined
}

const keys = ['name', 'pattern', 'literal', 'numbers', 'labels', 'fields'] as const
const NAME = /^[A-Za-z][\w.:-]{0,127}$/

/**
 * Checks what came out of a file: an array of rules, or an object with the array under `rules`.
 *
 * @throws RecordError `LF_RECORD_RULE_INVALID` naming the rule, the key, and the nearest known key
 */
export function parseRuleDefinitions(json: unknown): readonly RuleDefinition[] {
  const list = isObject(json) ? onlyKey(json, 'rules') : json
  if (!Array.isArray(list)) throw new RecordError('LF_RECORD_RULE_INVALID', 'rules are not an array')
  if (list.length > MAX_RULES) throw new RecordError('LF_RECORD_RULE_INVALID', `more than ${MAX_RULES} rules`)
  const names = new Set<string>()
  return list.map((item: unknown, index) => {
    const rule = parseRule(item, index)
    if (names.has(rule.name)) throw ruleError(rule.name, 'name', 'is used by an earlier rule')
    names.add(rule.name)
    return rule
  })
}

/** An error that says which rule and which key is wrong, and why. */
export function ruleError(rule: string, key: string, problem: string, cause?: unknown): RecordError {
  const facts = { detail: { rule, key }, ...(cause === undefined ? {} : { cause }) }
  return new RecordError('LF_RECORD_RULE_INVALID', `rule ${rule}: ${key} ${problem}`, facts)
}

function parseRule(item: unknown, index: number): RuleDefinition {
  if (!isObject(item)) throw ruleError(`#${index + 1}`, 'rule', 'is not an object')
  const { name } = item
  if (typeof name !== 'string' || !NAME.test(name))
    throw ruleError(`#${index + 1}`, 'name', `is not a name of letters, digits and _ . : -`)
  for (const key of Object.keys(item)) refuseUnknownKey(name, key)
  const { pattern } = item
  if (typeof pattern !== 'string' || pattern === '') throw ruleError(name, 'pattern', 'is missing')
  if (pattern.length > MAX_PATTERN_BYTES) throw ruleError(name, 'pattern', `is longer than ${MAX_PATTERN_BYTES}`)
  const { literal, labels = {} } = item
  if (literal !== undefined && (typeof literal !== 'string' || literal === ''))
    throw ruleError(name, 'literal', 'is not a text')
  if (!isObject(labels) || !Object.values(labels).every(value => typeof value === 'string'))
    throw ruleError(name, 'labels', 'is not an object of texts')
  return {
    name,
    pattern,
    literal,
    labels: labels as Record<string, string>,
    numbers: texts(name, 'numbers', item.numbers),
    fields: texts(name, 'fields', item.fields),
  }
}

function refuseUnknownKey(rule: string, key: string): void {
  if (keys.some(known => known === key)) return
  const nearest = nearestName(key, keys)
  const hint = nearest === undefined ? `known are ${keys.join(', ')}` : `did you mean ${nearest}?`
  throw new RecordError('LF_RECORD_RULE_INVALID', `rule ${rule}: unknown key ${JSON.stringify(key)}, ${hint}`, {
    detail: { rule, key, nearest },
  })
}

function texts(rule: string, key: string, value: unknown = []): readonly string[] {
  if (Array.isArray(value) && value.every(item => typeof item === 'string')) return value
  throw ruleError(rule, key, 'is not an array of texts')
}

function onlyKey(object: Readonly<Record<string, unknown>>, known: string): unknown {
  for (const key of Object.keys(object)) {
    if (key !== known)
      throw new RecordError('LF_RECORD_RULE_INVALID', `unknown key ${JSON.stringify(key)}, did you mean ${known}?`, {
        detail: { key, nearest: known },
      })
  }
  return object[known]
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
