import type { Source } from '@logflow/core'

/** What a rule made of a record: a name, labels to group by and numbers to count with. */
export interface LogEvent {
  /** Name of the rule. */
  readonly name: string
  /** When, in milliseconds since 1970, when the record says so. */
  readonly timeMs?: number | undefined
  readonly labels: Readonly<Record<string, string>>
  readonly values: Readonly<Record<string, number>>
  readonly source: Source
  /** Offset of the record in its source: with the source and the name it identifies the event. */
  readonly offset: number
}
