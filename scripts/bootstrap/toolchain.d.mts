export function prepareToolchain(): Promise<{
  readonly node: string
  readonly pnpm: string
  readonly env: Readonly<Record<string, string | undefined>>
}>
/** Path of that Node's binary, fetched from the registry when it is not there. */
export function prepareNode(version: string): Promise<string>
