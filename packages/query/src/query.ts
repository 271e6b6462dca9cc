/** What can be made of the values of a field. */
export type Aggregation =
  'count' | 'sum' | 'min' | 'max' | 'avg' | 'last' | 'len' | 'percentage' | 'percentile' | 'quantile'

/** Compares numbers. */
export type NumberOperator = '==' | '!=' | '<' | '<=' | '>' | '>='

/** Compares texts, byte by byte. */
export type TextOperator =
  'eq' | 'ne' | 'contains' | 'ncontains' | 'hasprefix' | 'nhasprefix' | 'hassuffix' | 'nhassuffix'

/** A function of a `set` clause. */
export type QueryFunction = 'md5sum' | 'maskdigits'

/** One column: an aggregation of a field. */
export interface SelectItem {
  /** The item as written, `count($line)`: the name of the column, here and on the wire. */
  readonly storage: string
  readonly field: string
  readonly aggregation: Aggregation
  /** Of a `quantile`, written `p95(field)`: 95. */
  readonly percent?: number | undefined
}

/** One side of a condition: the value of a field, or a constant. */
export type Operand =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number }

/** One condition. All of a query must hold; a field that is missing or no number makes its condition false. */
export type WhereCondition =
  | { readonly kind: 'number'; readonly operator: NumberOperator; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'text'; readonly operator: TextOperator; readonly left: Operand; readonly right: Operand }

/** `$variable = functions(argument)`. */
export interface SetAssignment {
  readonly variable: string
  /** Name of a field, or, when the line has no such field, the value itself. */
  readonly argument: string
  /** Outermost first. */
  readonly functions: readonly QueryFunction[]
}

/** Where the result goes as CSV. */
export interface Outfile {
  readonly path: string
  readonly append: boolean
}

/** A parsed query. */
export interface Query {
  /** The text as it was given. */
  readonly text: string
  readonly select: readonly SelectItem[]
  /** Upper case; empty when there is no `from`. */
  readonly table: string
  readonly where: readonly WhereCondition[]
  readonly set: readonly SetAssignment[]
  /** At least one field. */
  readonly groupBy: readonly string[]
  /** Storage name of a selected item. */
  readonly orderBy: string | undefined
  /** Set by `rorder`: smallest first. */
  readonly ascending: boolean
  /** Milliseconds between reports; at least 1000. */
  readonly intervalMs: number
  /** Rows at most; -1 means that the query does not say, any other negative number means all. */
  readonly limit: number
  readonly outfile: Outfile | undefined
  /** As written; need not be a format that exists. */
  readonly logFormat: string | undefined
}
