import {
  LogflowError,
  type Delivery,
  type JsonObject,
  type Source,
  type SourceEvent,
  type SourceEventName,
} from '@logflow/core'
import { TailerError } from './errors.ts'
import type { Generation } from './generation/generation.ts'

/** What happened to a generation, and how far it was read by then. */
export function eventOf(generation: Generation, event: SourceEventName, detail: JsonObject = {}): Delivery {
  return { kind: 'event', source: generation.source, event, detail: { offset: generation.offset, ...detail } }
}

/** How a truncated generation ends: what is known to be lost, then the event. */
export function truncationOf(generation: Generation, next: Generation | undefined, to: number): Delivery[] {
  const { source, offset: from } = generation
  const items: Delivery[] = to > from ? [{ kind: 'gap', source, from, to, reason: 'truncated' }] : []
  return [...items, eventOf(generation, 'truncated', next ? { to: next.source.id } : {})]
}

/** A source that could not be opened or read on, and why. */
export function failedEvent(source: Source, detail: JsonObject): SourceEvent {
  return { kind: 'event', source, event: 'failed', detail }
}

/** What a `failed` event says about an error. */
export function errorDetail(error: unknown): JsonObject {
  const message = error instanceof Error ? error.message : String(error)
  if (!LogflowError.is(error)) return { message }
  const system = error instanceof TailerError ? error.detail['code'] : undefined
  return { code: error.code, message, ...(typeof system === 'string' ? { system } : {}) }
}
