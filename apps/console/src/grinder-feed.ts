import type { Clock, Logger } from '@logflow/core'
import { EventStreamDecoder, type StreamMessage } from './event-stream.ts'

/** Options of {@link followGrinder}. */
export interface GrinderFeedOptions {
  readonly signal: AbortSignal
  readonly logger: Logger
  readonly clock: Clock
  /** Pause before the next attempt. @defaultValue 1 s */
  readonly retryMs?: number
}

/** What the grinder says live, or that it cannot be heard at the moment. */
export type GrinderItem =
  | { readonly kind: 'message'; readonly message: StreamMessage }
  | { readonly kind: 'connected' }
  | { readonly kind: 'disconnected'; readonly reason: string }

/** A grinder that sends nothing for this long, not even its heartbeat, is not there. */
const SILENCE_MS = 15_000

/** Listens to `/api/live` of the grinder, for ever: it comes back by itself after every break. */
export async function* followGrinder(
  url: URL,
  options: GrinderFeedOptions,
): AsyncGenerator<GrinderItem, void, undefined> {
  const { signal, logger, clock, retryMs = 1000 } = options
  const liveUrl = new URL('api/live', url.href.endsWith('/') ? url : `${url.href}/`)
  let reported = ''
  while (!signal.aborted) {
    let reason = 'the grinder ended the stream'
    try {
      for await (const item of listen(liveUrl, signal)) {
        if (item.kind === 'connected') reported = ''
        yield item
      }
    } catch (error) {
      if (signal.aborted) return
      reason = reasonOf(error)
    }
    if (reason !== reported) logger.warn({ event: 'grinder.unreachable', url: liveUrl.href, reason })
    reported = reason
    yield { kind: 'disconnected', reason }
    await clock.sleep(retryMs, { signal }).catch(() => {})
  }
}

async function* listen(url: URL, signal: AbortSignal): AsyncGenerator<GrinderItem, void, undefined> {
  const silence = new AbortController()
  const restart = (): NodeJS.Timeout =>
    setTimeout(() => silence.abort(new Error(`nothing heard for ${SILENCE_MS / 1000} s`)), SILENCE_MS).unref()
  let timer = restart()
  try {
    const either = AbortSignal.any([signal, silence.signal])
    const response = await fetch(url, { signal: either, redirect: 'error', headers: { accept: 'text/event-stream' } })
    if (!response.ok || !response.body) throw new Error(`the grinder answers with status ${response.status}`)
    yield { kind: 'connected' }
    const decoder = new EventStreamDecoder()
    for await (const chunk of response.body) {
      clearTimeout(timer)
      timer = restart()
      for (const message of decoder.push(chunk as Uint8Array)) yield { kind: 'message', message }
    }
  } finally {
    clearTimeout(timer)
  }
}

function reasonOf(error: unknown): string {
  const { cause, message } = error as Error
  return (cause as { code?: string } | undefined)?.code ?? message
}
