/**
 * The dmap query language: parse, plan, accumulate, merge and render.
 *
 * @packageDocumentation
 */
export { aggregate, type AggregateOptions, type GroupsDelivery } from './aggregate.ts'
export { Aggregator, type AggregatorOptions, type AggregatorStats } from './aggregator.ts'
export { QueryError, queryErrors, type QueryErrorCode } from './errors.ts'
export { formatFixed, formatInteger, formatShortest } from './format-number.ts'
export { GroupMerger, type GroupMergerOptions } from './group-merger.ts'
export { canChooseLines, type FieldsOptions } from './fields.ts'
export { lineFilterPattern } from './line-filter.ts'
export { parseNumber } from './parse-number.ts'
export { parseQuery } from './parser.ts'
export type { PartialGroup } from './partial-group.ts'
export { planQuery, requestedLogFormat, type Plan, type PlanOptions } from './plan.ts'
export type {
  Aggregation,
  NumberOperator,
  Operand,
  Outfile,
  Query,
  QueryFunction,
  SelectItem,
  SetAssignment,
  TextOperator,
  WhereCondition,
} from './query.ts'
export { queryWarnings } from './query-warnings.ts'
export { renderCsv, type CsvOptions } from './render-csv.ts'
export { limitRows, renderTable, type TableOptions, type TablePaint, type TitleRole } from './render-table.ts'
export { parseSketch, Sketch, type SketchCounts } from './sketch.ts'
export { explainQueryError } from './syntax-error.ts'
export type { ResultRow } from './result-row.ts'
