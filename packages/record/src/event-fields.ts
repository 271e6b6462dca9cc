/** Numbers of the fields of an event and of its parts, as SPEC.md has them. */
export const field = {
  name: 1,
  timeMs: 2,
  labels: 3,
  values: 4,
  source: 5,
  offset: 6,
  key: 1,
  value: 2,
  host: 1,
  path: 2,
  id: 3,
} as const
