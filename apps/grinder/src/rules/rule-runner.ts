import { createHash } from 'node:crypto'
import type { LineBatch } from '@logflow/core'
import { compileRules, type EventDefaults, type LogEvent, type LogRecord, type RuleSet } from '@logflow/record'
import { GrinderError } from '../errors.ts'
import type { GrindRule } from './rule-file.ts'

/** An event, and what its rule says about it. */
export interface RuleHit {
  readonly event: LogEvent
  readonly keep: boolean
  readonly by: readonly string[]
}

/** What a rule cost and found so far. */
export interface RuleCost {
  readonly name: string
  readonly milliseconds: number
  readonly events: number
}

interface Runner {
  readonly rule: GrindRule
  readonly set: RuleSet
  milliseconds: number
  events: number
}

/** Changes when the same rules would give other events than before, so that what is stored is ground again. */
const GRIND_VERSION = 1

/** Applies rules one by one and measures each: the patterns are linear, but somebody else's rule can still be slow. */
export class RuleRunner {
  /** Names these rules: the same id, the same events. */
  readonly id: string
  readonly #all: RuleSet
  readonly #runners: readonly Runner[]

  /** @throws GrinderError `LF_GRINDER_RULES` naming the rule and what is wrong with it */
  constructor(rules: readonly GrindRule[]) {
    const definitions = rules.map(({ keep: _keep, by: _by, ...definition }) => definition)
    try {
      this.#all = compileRules(definitions)
      this.#runners = definitions.map((definition, index) => {
        const set = compileRules([definition])
        return { rule: rules[index] as GrindRule, set, milliseconds: 0, events: 0 }
      })
    } catch (cause) {
      throw new GrinderError('LF_GRINDER_RULES', 'the rules are not usable', { cause })
    }
    const text = JSON.stringify([GRIND_VERSION, rules])
    this.id = createHash('sha256').update(text).digest('hex').slice(0, 12)
  }

  /** The lines that some rule may match, see `RuleSet.candidateLines`. */
  candidateLines(batch: LineBatch): Uint32Array {
    return this.#all.candidateLines(batch)
  }

  /** The events of the records, in the order of the records, those of one record in the order of the rules. */
  apply(records: readonly LogRecord[], defaults: EventDefaults): RuleHit[] {
    const hits: RuleHit[] = []
    for (const runner of this.#runners) {
      const startMs = performance.now()
      const events = runner.set.apply(records, defaults)
      runner.milliseconds += performance.now() - startMs
      runner.events += events.length
      const { keep = true, by = [] } = runner.rule
      for (const event of events) hits.push({ event, keep, by })
    }
    // Sorting is stable, so the order of the rules stays within a record.
    return hits.sort((a, b) => a.event.offset - b.event.offset)
  }

  /** Time and events per rule since the start. */
  costs(): RuleCost[] {
    return this.#runners.map(({ rule, milliseconds, events }) => ({ name: rule.name, milliseconds, events }))
  }
}
