/** What was written so far, counted the way the demo asks about it later: by group (`status`) and key (`500`). */
export class Tally {
  readonly #counts = new Map<string, Map<string, number>>()
  readonly #sums = new Map<string, Map<string, number>>()

  /** One more line with this key. */
  count(group: string, key: string): void {
    add(this.#counts, group, key, 1)
  }

  /** `value` more for this key. Whole numbers only, so that a sum is exact in any order. */
  sum(name: string, key: string, value: number): void {
    add(this.#sums, name, key, value)
  }

  /** As JSON, groups and keys in alphabetical order. */
  snapshot(): { readonly counts: TallyGroups; readonly sums: TallyGroups } {
    return { counts: sorted(this.#counts), sums: sorted(this.#sums) }
  }
}

/** Numbers by group and key. */
export type TallyGroups = Readonly<Record<string, Readonly<Record<string, number>>>>

function add(groups: Map<string, Map<string, number>>, group: string, key: string, value: number): void {
  let keys = groups.get(group)
  if (!keys) groups.set(group, (keys = new Map<string, number>()))
  keys.set(key, (keys.get(key) ?? 0) + value)
}

function sorted(groups: Map<string, Map<string, number>>): TallyGroups {
  const byName = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : 1)
  return Object.fromEntries(
    [...groups].sort(byName).map(([group, keys]) => [group, Object.fromEntries([...keys].sort(byName))]),
  )
}
