import { UsageError } from './errors.ts'
import { longName } from './program.ts'

/** The values of options that a program cannot do without, wherever they came from. @throws UsageError that names each missing one */
export function requiredOptions<O extends Readonly<Record<K, string | undefined>>, K extends keyof O & string>(
  options: O,
  keys: readonly K[],
): Record<K, string> {
  const missing = keys.filter(key => !options[key]).map(key => `--${longName(key, {})}`)
  const last = missing.pop()
  if (last === undefined) return options as Record<K, string>
  throw new UsageError(missing.length === 0 ? `${last} is missing` : `${missing.join(', ')} and ${last} are missing`)
}
