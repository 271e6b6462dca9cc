import { lineCount, type LineBatch } from '@logflow/core'
import { RE2JS } from 're2js'
import { MAX_MATCHED_CHARS, MAX_PATTERN_INSTRUCTIONS } from './limits.ts'
import type { LogEvent } from './log-event.ts'
import type { LogRecord } from './log-record.ts'
import { ruleError, parseRuleDefinitions, type RuleDefinition } from './rule-definition.ts'

/** Rules, compiled: records in, events out. Linear in the text, whatever the patterns are. */
export interface RuleSet {
  /** Names of the rules, in order. */
  readonly names: readonly string[]
  /** The events of the records, record by record, in the order of the rules. A rule matches a record at most once. */
  apply(records: readonly LogRecord[]): LogEvent[]
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
    apply(records) {
      const events: LogEvent[] = []
      for (const record of records) {
        for (const rule of rules) {
          const event = applyRule(rule, record)
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
  readonly pattern: RE2JS
  readonly groups: readonly string[]
  readonly numbers: ReadonlySet<string>
  readonly labels: Readonly<Record<string, string>>
  readonly fields: readonly string[]
}

function compileRule(definition: RuleDefinition): CompiledRule {
  const { name, literal, numbers = [], labels = {}, fields = [] } = definition
  const pattern = compilePattern(definition)
  const groups = Object.keys(pattern.namedGroups())
  for (const number of numbers) {
    if (!groups.includes(number)) throw ruleError(name, 'numbers', `names ${number}, which is no group of the pattern`)
  }
  return { name, literal, pattern, groups, numbers: new Set(numbers), labels, fields }
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

function applyRule(rule: CompiledRule, record: LogRecord): LogEvent | undefined {
  if (rule.literal !== undefined && !record.text.includes(rule.literal)) return undefined
  const text = record.text.length > MAX_MATCHED_CHARS ? record.text.slice(0, MAX_MATCHED_CHARS) : record.text
  // `test` runs the automaton without captures, which is many times faster; most records stop there.
  if (!rule.pattern.test(text)) return undefined
  const matcher = rule.pattern.matcher(text)
  if (!matcher.find()) return undefined
  const labels: Record<string, string> = { ...rule.labels }
  const values: Record<string, number> = {}
  for (const field of rule.fields) {
    const value = record.fields.get(field)
    if (value !== undefined) setOwn(labels, field, value)
  }
  for (const group of rule.groups) {
    const capture = matcher.group(group)
    if (capture === null) continue
    const number = rule.numbers.has(group) ? finiteNumber(capture) : undefined
    if (number === undefined) setOwn(labels, group, capture)
    else setOwn(values, group, number)
  }
  const { timeMs, source, offset } = record
  return { name: rule.name, timeMs, labels, values, source, offset }
}

/** Sets also `__proto__` as a plain key. */
function setOwn<T>(target: Record<string, T>, key: string, value: T): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
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
  const hit = new Uint8Array(count)
  for (const literal of new Set(literals as readonly string[])) {
    const needle = oneToOne.decode(new TextEncoder().encode(literal))
    for (let at = text.indexOf(needle), line = 0; at !== -1; at = text.indexOf(needle, batch.ends[line++])) {
      line = lineOf(batch.ends, at, line)
      hit[line] = 1
    }
  }
  const indexes: number[] = []
  for (let line = 0; line < count; line++) if (hit[line] === 1) indexes.push(line)
  return Uint32Array.from(indexes)
}

/** The line that holds byte `at`, which is not before line `from`. */
function lineOf(ends: Uint32Array, at: number, from: number): number {
  let low = from
  let high = ends.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ends[middle] as number) > at) high = middle
    else low = middle + 1
  }
  return low
}
