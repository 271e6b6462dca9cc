import { unknownDelivery } from '@logflow/core'
import { compilePattern, select } from '@logflow/match'
import type { DtailPattern, ReadCommand } from '@logflow/protocol'
import { readStdin } from '@logflow/tailer'
import type { ReadingContext, ReadSink } from './reading.ts'

/** The chosen lines of standard input to `sink`, to the end of the input. */
export async function readInput(
  command: ReadCommand,
  context: ReadingContext,
  sink: ReadSink,
  signal: AbortSignal,
): Promise<void> {
  const { hostname: host, config } = context
  const matcher = matcherOf(command.pattern)
  const { before, after, max } = command.options
  const options = { invert: command.pattern.kind === 'invert', before, after, max, withNewline: true }
  const deliveries = readStdin({ host, signal, maxLineBytes: config.MaxLineLength })
  for await (const item of select(deliveries, matcher, options)) {
    switch (item.kind) {
      case 'lines':
        await sink.deliver(item, '-')
        break
      case 'gap':
        await sink.tell(context.log.warn('Lost a part of the input', item.reason), { problem: true })
        break
      case 'event':
        break
      default:
        unknownDelivery(item)
    }
  }
}

function matcherOf({ kind, pattern, literal }: DtailPattern): ReturnType<typeof compilePattern> | undefined {
  return kind === 'noop' ? undefined : compilePattern(pattern, { literal })
}
