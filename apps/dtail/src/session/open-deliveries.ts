import type { Delivery } from '@logflow/core'
import { select } from '@logflow/match'
import { follow, read } from '@logflow/tailer'
import type { WholeFile } from './reading.ts'

/** The chosen lines of one file that was found and admitted: once to its end, or as it grows. */
export function openDeliveries(file: Omit<WholeFile, 'onCut'>): AsyncIterable<Delivery> {
  const { command, matcher } = file
  const { before, after, max } = command.options
  const invert = command.pattern.kind === 'invert'
  const withNewline = command.mode !== 'tail'
  return select(open(file), matcher, { invert, before, after, max, withNewline })
}

function open({ path, resolved, command, context, signal }: Omit<WholeFile, 'onCut'>): AsyncIterable<Delivery> {
  const { hostname: host, config, clock } = context
  const options = {
    host,
    signal,
    maxLineBytes: config.MaxLineLength,
    // The name was matched already; what is opened is what was checked.
    admit: async () => resolved,
  }
  const pattern = path.replace(/[\\*?[]/g, '\\$&')
  return command.mode === 'tail' ? follow(pattern, { ...options, from: 'end', clock }) : read(pattern, options)
}
