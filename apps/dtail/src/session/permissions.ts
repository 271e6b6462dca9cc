import { compilePattern, type Matcher } from '@logflow/match'

interface Rule {
  readonly negated: boolean
  /** `undefined` when the pattern is none. */
  readonly matcher: Matcher | undefined
  readonly text: string
}

/** What the rules say about a path, and the rule that could not be read when that decided. */
export interface Verdict {
  readonly allowed: boolean
  readonly invalidRule?: string
}

/**
 * Who may read what: `[readfiles:][!]pattern`, tried in order on the resolved path. A matching `!` denies at once, as
 * does a rule that cannot be read; otherwise one match allows. Rules of another type are passed over.
 */
export class PermissionRules {
  readonly #rules: readonly Rule[]

  constructor(rules: readonly string[]) {
    this.#rules = rules.flatMap(text => parseRule(text))
  }

  /** Whether nobody with these rules could read anything. */
  get empty(): boolean {
    return this.#rules.length === 0
  }

  decide(path: string): Verdict {
    const bytes = Buffer.from(path)
    let allowed = false
    for (const { negated, matcher, text } of this.#rules) {
      if (!matcher) return { allowed: false, invalidRule: text }
      if (!matcher.test(bytes)) continue
      if (negated) return { allowed: false }
      allowed = true
    }
    return { allowed }
  }
}

function parseRule(text: string): Rule[] {
  const colon = text.indexOf(':')
  if (colon !== -1 && text.slice(0, colon) !== 'readfiles') return []
  const rest = text.slice(colon + 1)
  const negated = rest.startsWith('!')
  let matcher: Matcher | undefined
  try {
    matcher = compilePattern(negated ? rest.slice(1) : rest)
  } catch {
    matcher = undefined // told when the rule is reached
  }
  return [{ negated, matcher, text }]
}
