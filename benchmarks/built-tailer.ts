import type * as Tailer from '../packages/tailer/src/index.ts'

/** `@logflow/tailer` as it is published: what is measured is not to be stripped of its types first. */
export async function builtTailer(): Promise<typeof Tailer> {
  const built = new URL('../packages/tailer/dist/index.js', import.meta.url)
  return (await import(built.href)) as typeof Tailer
}
