import type * as Tailer from '../packages/tailer/src/index.ts'

/** Where {@link builtTailer} lies. */
export const builtTailerUrl = new URL('../packages/tailer/dist/index.js', import.meta.url).href

/** `@logflow/tailer` as it is published: what is measured is not to be stripped of its types first. */
export async function builtTailer(): Promise<typeof Tailer> {
  return (await import(builtTailerUrl)) as typeof Tailer
}
