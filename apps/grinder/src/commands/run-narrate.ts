import { UsageError, type OptionValues, type Output } from '@logflow/cli'
import { nearestName, type Logger } from '@logflow/core'
import { compilePattern } from '@logflow/match'
import { openStoreReader, type StoreReader } from '@logflow/store'
import { checkStore } from '../check-store.ts'
import { OUTPUT_CHUNK_BYTES } from '../limits.ts'
import type { narrateFlags } from '../narrate-flags.ts'
import { storyFormat, type StoryFormat } from '../narrate/story-format.ts'
import { Story, type StoryItem } from '../narrate/story.ts'
import { parseTimeArgument } from '../narrate/time-argument.ts'

/** Options of {@link runNarrate}. */
export type NarrateOptions = OptionValues<typeof narrateFlags> & { readonly store: string }

/** What narrate works with besides its options. */
export interface NarrateRun {
  readonly logger: Logger
  readonly signal: AbortSignal
  readonly stdout: Pick<Output, 'write' | 'isTerminal' | 'colors'>
}

/** Tells the story. Returns the exit code: 0 when there were lines, 1 when there were none. */
export async function runNarrate(options: NarrateOptions, { logger, signal, stdout }: NarrateRun): Promise<number> {
  const { store, since, until, grep, limit = Infinity } = options
  checkStore(store)
  const nowMs = Date.now()
  const story = new Story({
    sinceMs: since === undefined ? -Infinity : parseTimeArgument('--since', since, nowMs),
    untilMs: until === undefined ? Infinity : parseTimeArgument('--until', until, nowMs),
    matcher: grep === undefined ? undefined : compilePattern(grep),
    limit,
  })
  const reader = openStoreReader(store)
  for (const stream of await chooseStreams(reader, options.device))
    for await (const item of reader.scan({ streams: [stream], signal })) story.add(item)

  const items = story.items()
  await tell(items, storyFormat(options.json, stdout), stdout)
  if (story.gaps > 0) logger.warn({ event: 'story.incomplete', gaps: story.gaps }, 'lines are missing')
  return items.some(({ line }) => line !== undefined) ? 0 : 1
}

/** The devices asked for, else all. @throws UsageError with the nearest name for one that the store does not know */
async function chooseStreams(reader: StoreReader, devices: readonly string[]): Promise<readonly string[]> {
  const streams = await reader.streams()
  for (const device of devices) {
    if (streams.includes(device)) continue
    const nearest = nearestName(device, streams)
    throw new UsageError(`no device ${device} in the store${nearest === undefined ? '' : `, did you mean ${nearest}?`}`)
  }
  return devices.length > 0 ? [...new Set(devices)].sort() : streams
}

async function tell(items: readonly StoryItem[], format: StoryFormat, stdout: Pick<Output, 'write'>): Promise<void> {
  let chunk: Uint8Array[] = []
  let bytes = 0
  for (const item of items) {
    const part = Buffer.from(format(item))
    chunk.push(part)
    bytes += part.length
    if (bytes < OUTPUT_CHUNK_BYTES) continue
    await stdout.write(Buffer.concat(chunk))
    chunk = []
    bytes = 0
  }
  if (bytes > 0) await stdout.write(Buffer.concat(chunk))
}
