import type { DtailOptions } from '@logflow/protocol'

/** Whether the files of a command come as one stream in the order of time. */
export function mergesByTime({ other }: DtailOptions): boolean {
  return other?.get('merge') === 'time'
}

/** The options of a command, with the wish for that order as an own server understands it. */
export function withMerge(options: DtailOptions): DtailOptions {
  return { ...options, other: new Map(options.other).set('merge', 'time') }
}
