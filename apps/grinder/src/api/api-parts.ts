import type { Committer } from '../committer.ts'
import type { Grind } from '../grind.ts'
import type { LiveFeed } from '../live-feed.ts'
import type { RuleRunner } from '../rules/rule-runner.ts'
import type { EventLog } from '../state/event-log.ts'

/** What the API shows. */
export interface ApiParts {
  readonly grind: Grind
  readonly rules: RuleRunner
  readonly events: EventLog
  readonly committer: Committer
  readonly live: LiveFeed
}
