/**
 * What one aggregator knows of one group since it was last asked: the payload of an aggregate message. Values by storage
 * name: a number for what is counted or summed, a text for `last` and `len`, a sketch as text for quantiles. Only values that were seen are there.
 * From the wire numbers may come as text.
 */
export interface PartialGroup {
  /** Values of the `group by` fields, joined by commas. */
  readonly key: string
  /** Lines that gave at least one value. */
  readonly samples: number
  readonly values: ReadonlyMap<string, number | string>
}
