import { selectLines, unknownDelivery, type Delivery, type LineBatch } from '@logflow/core'
import { ContextWindow, type ContextLimits } from './context.ts'
import { MAX_CONTEXT_LINES } from './limits.ts'
import type { Matcher } from './matcher.ts'

/** Options of {@link select}. */
export interface SelectOptions {
  /** Select the lines that do not match. Without a matcher it has no effect. @defaultValue false */
  readonly invert?: boolean | undefined
  /** Lines to add before each match, at most 1,000,000. @defaultValue 0 */
  readonly before?: number | undefined
  /** Lines to add after each match, at most 1,000,000. @defaultValue 0 */
  readonly after?: number | undefined
  /** Matches per source, 0 for no limit; the lines after the last match are still added. @defaultValue 0 */
  readonly max?: number | undefined
  /** Test lines with their `\n`, see {@link MatchingLinesOptions.withNewline}. @defaultValue false */
  readonly withNewline?: boolean | undefined
  /**
   * End the whole iteration as soon as one source has had its `max`; for deliveries of a single source, so that the
   * rest of a large file is not read. @defaultValue false
   */
  readonly endAtMax?: boolean | undefined
}

/**
 * Lets pass the lines that match, each with its offset and line number, and lines around them. Without a matcher every
 * line counts as a match. Gaps and events pass in order, and no context reaches across them. Batches in which nothing
 * is selected are left out.
 *
 * @throws RangeError when a number is out of range
 */
export function select(
  deliveries: AsyncIterable<Delivery>,
  matcher: Matcher | undefined,
  options: SelectOptions = {},
): AsyncIterable<Delivery> {
  return new Selection(matcher, resolveSelectOptions(options)).run(deliveries)
}

type ResolvedOptions = ContextLimits & {
  readonly invert: boolean
  readonly withNewline: boolean
  readonly endAtMax: boolean
}

function resolveSelectOptions({
  invert = false,
  before = 0,
  after = 0,
  max = 0,
  withNewline = false,
  endAtMax = false,
}: SelectOptions): ResolvedOptions {
  for (const [name, lines] of Object.entries({ before, after })) {
    if (Number.isInteger(lines) && lines >= 0 && lines <= MAX_CONTEXT_LINES) continue
    throw new RangeError(`${name} is ${lines}, must be an integer from 0 to ${MAX_CONTEXT_LINES}`)
  }
  if (!Number.isInteger(max) || max < 0) throw new RangeError(`max is ${max}, must be an integer from 0 on`)
  return { invert, before, after, max: max === 0 ? Infinity : max, withNewline, endAtMax }
}

class Selection {
  readonly #matcher: Matcher | undefined
  readonly #options: ResolvedOptions
  /** One per source that delivers, while context or `max` need one. */
  readonly #windows = new Map<string, ContextWindow>()

  constructor(matcher: Matcher | undefined, options: ResolvedOptions) {
    this.#matcher = matcher
    this.#options = options
  }

  async *run(deliveries: AsyncIterable<Delivery>): AsyncGenerator<Delivery, void, undefined> {
    const { before, after, max, endAtMax } = this.#options
    const isPlain = before === 0 && after === 0 && max === Infinity
    for await (const item of deliveries) {
      switch (item.kind) {
        case 'lines': {
          if (isPlain) {
            yield* this.#matchesOf(item)
            break
          }
          const window = this.#windowOf(item.source.id)
          yield* this.#chooseFrom(item, window)
          if (window.finished && endAtMax) return
          break
        }
        case 'gap':
          this.#windows.get(item.source.id)?.forget()
          yield item
          break
        case 'event':
          if (item.event === 'ended') this.#windows.delete(item.source.id)
          else this.#windows.get(item.source.id)?.forget()
          yield item
          break
        default:
          unknownDelivery(item)
      }
    }
  }

  #matchesOf(batch: LineBatch): LineBatch[] {
    if (!this.#matcher) return [batch]
    const lines = this.#matchingLines(batch)
    return lines.length === 0 ? [] : [selectLines(batch, lines)]
  }

  #chooseFrom(batch: LineBatch, window: ContextWindow): LineBatch[] {
    return window.finished ? [] : window.choose(batch, this.#matchingLines(batch))
  }

  #windowOf(sourceId: string): ContextWindow {
    let window = this.#windows.get(sourceId)
    if (!window) this.#windows.set(sourceId, (window = new ContextWindow(this.#options)))
    return window
  }

  #matchingLines(batch: LineBatch): Uint32Array {
    const { invert, withNewline } = this.#options
    if (!this.#matcher) return Uint32Array.from(batch.ends, (_, index) => index)
    const matching = this.#matcher.matchingLines(batch, { withNewline })
    return invert ? others(matching, batch.ends.length) : matching
  }
}

/** The indexes below `count` that are not in `indexes`. */
function others(indexes: Uint32Array, count: number): Uint32Array {
  const rest = new Uint32Array(count - indexes.length)
  let filled = 0
  for (let index = 0, next = 0; index < count; index++) {
    if (indexes[next] === index) next++
    else rest[filled++] = index
  }
  return rest
}
