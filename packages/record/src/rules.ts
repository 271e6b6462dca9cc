import { lineCount, type LineBatch } from '@logflow/core'
import { RE2JS } from 're2js'
import { MAX_MATCHED_CHARS, MAX_PATTERN_INSTRUCTIONS } from './limits.ts'
import type { LogEvent } from './log-event.ts'
import type { LogRecord } from './log-record.ts'
import { createCapturer, type Capturer } from './pattern/capturer.ts'
import { ruleError, parseRuleDefinitions, type RuleDefinition } from './rule-definition.ts'

/** What {@link RuleSet.apply} adds to events. */
export interface EventDefaults {
  /** Labels of all events, after those of the rule; one of the same name is replaced. */
  readonly labels?: Readonly<Record<string, string>> | undefined
  /** Time of events whose record has none. */
  readonly timeMs?: number | undefined
}

/** Rules, compiled: records in, events out. Linear in the text, whatever the patterns are. */
export interface RuleSet {
  /** Names of the rules, in order. */
  readonly names: readonly string[]
  /** The events of the records, record by record, in the order of the rules. A rule matches a record at most once. */
  apply(records: readonly LogRecord[], defaults?: EventDefaults): LogEvent[]
  /**
   * Indexes, ascending, of the lines that contain the literal of some rule: only they can give events, so only they
   * need parsing. All lines when some rule has no literal. Looks at bytes as they are.
   */
  candidateLines(batch: LineBatch): Uint32Array
}

/**
 * Compiles rules: an array of {@link RuleDefinition}, or an object with that array under `rules`, as parsed from JSON.
 *
 * @throws RecordError `LF_RECORD_RULE_INVALID` naming the rule and what is wrong with it
 */
export function compileRules(json: unknown): RuleSet {
  const rules = parseRuleDefinitions(json).map(compileRule)
  const literals = rules.map(rule => rule.literal)
  return {
    names: rules.map(rule => rule.name),
    apply(records, defaults = {}) {
      const events: LogEvent[] = []
      for (const record of records) {
        for (const rule of rules) {
          const event = applyRule(rule, record, defaults)
          if (event) events.push(event)
        }
      }
      return events
    },
    candidateLines: batch => linesWithLiteral(batch, literals),
  }
}

interface CompiledRule {
  readonly name: string
  readonly literal: string | undefined
  readonly capture: Capturer
  readonly groups: readonly string[]
  readonly isNumber: readonly boolean[]
  readonly labels: readonly (readonly [string, string])[]
  readonly fields: readonly string[]
}

function compileRule(definition: RuleDefinition): CompiledRule {
  const { name, literal, numbers = [], labels = {}, fields = [] } = definition
  const pattern = compilePattern(definition)
  const groups = Object.keys(pattern.namedGroups())
  for (const number of numbers) {
    if (!groups.includes(number)) throw ruleError(name, 'numbers', `names ${number}, which is no group of the pattern`)
  }
  const isNumber = groups.map(group => numbers.includes(group))
  const capture = createCapturer(pattern, groups)
  return { name, literal, capture, groups, isNumber, labels: Object.entries(labels), fields }
}

function compilePattern({ name, pattern }: RuleDefinition): RE2JS {
  let compiled: RE2JS
  try {
    compiled = RE2JS.compile(pattern)
  } catch (cause) {
    throw ruleError(name, 'pattern', `does not compile: ${(cause as Error).message}`, cause)
  }
  const size = compiled.programSize()
  if (size > MAX_PATTERN_INSTRUCTIONS) throw ruleError(name, 'pattern', `compiles to ${size} instructions`)
  return compiled
}

function applyRule(rule: CompiledRule, record: LogRecord, defaults: EventDefaults): LogEvent | undefined {
  const whole = record.text
  if (rule.literal !== undefined && !whole.includes(rule.literal)) return undefined
  const captures = rule.capture(whole.length > MAX_MATCHED_CHARS ? whole.slice(0, MAX_MATCHED_CHARS) : whole)
  if (!captures) return undefined
  const labels: Record<string, string> = {}
  const values: Record<string, number> = {}
  for (const [key, value] of rule.labels) setOwn(labels, key, value)
  if (rule.fields.length > 0) addFields(labels, rule.fields, record.fields)
  for (let group = 0; group < captures.length; group++) {
    const capture = captures[group]
    if (capture === undefined) continue
    const number = rule.isNumber[group] ? finiteNumber(capture) : undefined
    const name = rule.groups[group] as string
    if (number === undefined) setOwn(labels, name, capture)
    else setOwn(values, name, number)
  }
  // Only plain objects can be given here, which have no other keys.
  for (const key in defaults.labels) setOwn(labels, key, defaults.labels[key] as string)
  const { timeMs = defaults.timeMs, source, offset } = record
  return { name: rule.name, timeMs, labels, values, source, offset }
}

function addFields(
  labels: Record<string, string>,
  names: readonly string[],
  fields: ReadonlyMap<string, string>,
): void {
  for (const name of names) {
    const value = fields.get(name)
    if (value !== undefined) setOwn(labels, name, value)
  }
}

/** Sets also `__proto__` as a plain key. */
function setOwn<T>(target: Record<string, T>, key: string, value: T): void {
  if (key !== '__proto__') target[key] = value
  else Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
}

function finiteNumber(text: string): number | undefined {
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return undefined
  const number = Number(text)
  return Number.isFinite(number) ? number : undefined
}

// Bytes to characters one to one, so that positions agree and a literal is found as its bytes.
const oneToOne = new TextDecoder('windows-1252', { ignoreBOM: true })

function linesWithLiteral(batch: LineBatch, literals: readonly (string | undefined)[]): Uint32Array {
  const count = lineCount(batch)
  if (literals.some(literal => literal === undefined)) return Uint32Array.from({ length: count }, (_, index) => index)
  const text = oneToOne.decode(batch.bytes)
  const { ends } = batch
  const hit = new Uint8Array(count)
  let hits = 0
  for (const literal of new Set(literals as readonly string[])) {
    if (hits === count) break
    const needle = oneToOne.decode(new TextEncoder().encode(literal))
    for (let at = text.indexOf(needle), line = 0; at !== -1; at = text.indexOf(needle, ends[line++])) {
      line = lineOf(ends, at, line)
      if (hit[line] === 0) hits += hit[line] = 1
    }
  }
  const indexes = new Uint32Array(hits)
  for (let line = 0, i = 0; line < count; line++) if (hit[line] === 1) indexes[i++] = line
  return indexes
}

/** The line that holds byte `at`, which is not before line `from`: looks near first, then further and further ahead. */
function lineOf(ends: Uint32Array, at: number, from: number): number {
  let low = from
  let step = 1
  while (low + step < ends.length && (ends[low + step - 1] as number) <= at) {
    low += step
    step *= 2
  }
  let high = Math.min(ends.length - 1, low + step - 1)
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ends[middle] as number) > at) high = middle
    else low = middle + 1
  }
  return low
}
