import type { Query } from '@logflow/query'

/** The items of a query that only servers with sketches can answer, such as `p95(ms)`; `undefined` when there are none. */
export function quantilesAsked(query: Query | undefined): string | undefined {
  const items =
    query?.select.filter(({ aggregation }) => aggregation === 'quantile').map(({ storage }) => storage) ?? []
  return items.length === 0 ? undefined : items.join(', ')
}
